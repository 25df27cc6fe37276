/**
 * `npm run check`: what every change passes beside the tests. One line for each check, with a tick or
 * a cross and the seconds it took; what failed is shown below its line. Exit 1 when any failed.
 *
 * `npm run check -- walls lint` runs only those.
 */
import { spawn } from 'node:child_process'
import { resolve } from 'node:path'
import { unreadableYaml } from './check/yaml-files.ts'

interface Check {
  readonly name: string
  readonly what: string
  /** What is wrong, or an empty text. */
  readonly run: () => Promise<string>
}

const root = resolve(import.meta.dirname, '..')

const checks: readonly Check[] = [
  { name: 'types', what: 'TypeScript accepts every file', run: () => command('tsc', '--noEmit') },
  {
    name: 'lint',
    what: 'oxlint, with types, finds nothing',
    run: () => command('oxlint', '--type-aware', '--deny-warnings'),
  },
  {
    name: 'layout',
    what: 'oxfmt would change nothing',
    run: () => command('oxfmt', '--check', '.'),
  },
  {
    name: 'walls',
    what: 'no import crosses a wall where it may not, and a planted one is seen',
    run: () => command('vitest', 'run', '--reporter=dot', 'test/architecture.test.ts'),
  },
  {
    name: 'generated',
    what: 'generated files are fresh',
    run: () => command('node', 'scripts/generate.ts', '--check'),
  },
  {
    name: 'yaml',
    what: 'every YAML file and every YAML block of the docs can be read',
    run: () => Promise.resolve(unreadableYaml(root).join('\n')),
  },
]

process.exitCode = await main(process.argv.slice(2))

async function main(names: readonly string[]): Promise<number> {
  const unknown = names.filter((name) => !checks.some((check) => check.name === name))
  if (unknown.length > 0) {
    console.error(`no check ${unknown.join(', ')}`)
    console.error(`hint: there are ${checks.map(({ name }) => name).join(', ')}`)
    return 2
  }
  let failed = 0
  const chosen = checks.filter(({ name }) => names.length === 0 || names.includes(name))
  for (const check of chosen) if (!(await passes(check))) failed += 1
  console.log(`${chosen.length - failed} checks passed, ${failed} failed`)
  return failed === 0 ? 0 : 1
}

async function passes({ name, what, run }: Check): Promise<boolean> {
  const from = performance.now()
  const wrong = await run()
  const seconds = ((performance.now() - from) / 1000).toFixed(1).padStart(5)
  console.log(`${wrong === '' ? '✓' : '✗'} ${name.padEnd(9)} ${seconds} s  ${what}`)
  if (wrong !== '') console.log(wrong.replace(/^/gm, '    '))
  return wrong === ''
}

/** Runs a tool of this checkout; gives its output when it fails. */
function command(tool: string, ...flags: string[]): Promise<string> {
  const file = tool === 'node' ? process.execPath : `${root}/node_modules/.bin/${tool}`
  return new Promise((done) => {
    const child = spawn(file, flags, { cwd: root, env: environment() })
    const output: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => output.push(chunk))
    child.on('error', (error) => done(`${tool} did not start: ${error.message}`))
    child.on('close', (code, signal) => {
      const text = Buffer.concat(output).toString('utf8').trim()
      done(code === 0 ? '' : text || `${tool} ended with ${signal ?? `exit code ${code}`}`)
    })
  })
}

// The tools under node_modules/.bin start `node` by name: it has to be the one that runs this.
function environment(): NodeJS.ProcessEnv {
  return {
    ...process.env,
    NO_COLOR: '1',
    PATH: `${resolve(process.execPath, '..')}:${root}/node_modules/.bin:${process.env['PATH'] ?? ''}`,
  }
}
