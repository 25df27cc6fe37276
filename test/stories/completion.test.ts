import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { commandTable, helpOf, overview } from '#cli'
import { lockstep } from './command.ts'
import { inSimulation } from './stage.ts'

describe('completion', () => {
  it.each(['bash', 'zsh', 'fish'])('for %s knows every command and its flags', (shell) =>
    inSimulation(async (stage) => {
      const { status, stdout } = await lockstep(stage, ['completion', shell])
      expect(status).toBe(0)
      for (const { name, flags } of commandTable) {
        expect(stdout).toContain(name)
        for (const flag of flags?.keys() ?? []) expect(stdout).toContain(flag)
      }
      if (shell === 'bash') {
        const checked = spawnSync('bash', ['-n'], { input: stdout, encoding: 'utf8' })
        expect([checked.status, checked.stderr]).toEqual([0, ''])
        const script = `${stdout}
lockstep() { printf 'web/a\\nweb/b\\n'; }
COMP_WORDS=(lockstep tra); COMP_CWORD=1; _lockstep; echo "\${COMPREPLY[*]}"
COMP_WORDS=(lockstep status --all); COMP_CWORD=2; _lockstep; echo "\${COMPREPLY[*]}"
COMP_WORDS=(lockstep trace web/); COMP_CWORD=2; _lockstep 2>/dev/null; echo "\${COMPREPLY[*]}"
`
        const ran = spawnSync('bash', ['-c', script], { encoding: 'utf8' })
        expect(ran.stdout).toBe('trace\n--all-namespaces\nweb/a web/b\n')
      }
    }),
  )

  it('offers what is in the cluster, and nothing at all rather than an error', () =>
    inSimulation(async (stage) => {
      await stage.apply(`
apiVersion: v1
kind: Secret
metadata: {name: db, namespace: web}
stringData: {password: x}
`)
      const offered = async (...words: string[]): Promise<readonly string[]> =>
        (await lockstep(stage, ['__complete', ...words])).stdout.split('\n').slice(0, -1)
      expect(await offered('trace', '')).toContain('web/db')
      expect(await offered('status', '-n', '')).toContain('web')
      expect(await offered('status', '')).toContain('externalsecret')
      expect(await offered('confirm', 'sec')).toContain('secretstore/')
      expect(await offered('completion', '')).toEqual(['bash', 'zsh', 'fish'])
      expect(await offered('render', '')).toEqual(['template'])
      expect(await offered('render', 'template', '')).toEqual([])
      expect(await offered('nothing', '')).toEqual([])
      expect(await offered('status', '--nope', '')).toEqual([])
    }))

  it('is misused with status 2', () =>
    inSimulation(async (stage) => {
      expect(await lockstep(stage, ['completion', 'tcsh'])).toMatchObject({ status: 2, stdout: '' })
    }))
})

describe('help', () => {
  it('lists every command, and for each its usage, flags and exit status', () => {
    for (const { name, summary } of commandTable) {
      expect(overview()).toContain(`${name} `)
      expect(overview()).toContain(summary)
      if (name === 'seal') continue
      for (const part of ['Usage:', 'Flags:', '--help', 'Exit status:']) {
        expect(helpOf(name)).toContain(part)
      }
    }
  })
})
