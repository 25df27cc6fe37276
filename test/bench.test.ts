import { execFile } from 'node:child_process'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { markdown, number } from '../bench/table.ts'
import { signsPerSecond } from '../bench/sealed-secrets.ts'

// No figure is judged here: a test that times things fails on a busy machine. What is held is that
// the harness runs, and that what it counts (not: times) is there.
describe('npm run bench', () => {
  it('measures every part with a few objects and prints one table', async () => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['bench/run.ts', '--quick', '--count=20', '--rest=1', '--sources'],
      { timeout: 280_000 },
    )
    const lines = stdout.split('\n').filter((line) => line.startsWith('|'))
    expect(lines[0]).toMatch(/^\| what +\| measured +\| beside +\| goal/)
    const row = (start: string): string =>
      lines.find((line) => line.startsWith(`| ${start}`)) ?? `no row ${start}`
    expect(row('20 ExternalSecrets, first POST to all Ready')).toMatch(/bare client: .* times/)
    expect(row('– Secrets with all three values right')).toMatch(/\| 20 +\|.*met/)
    expect(row('20 SealedSecrets (RSA 4096)')).not.toContain('no row')
    expect(row('restart with 40 objects')).not.toContain('no row')
    expect(row('– private-key operations')).toMatch(/\| 0 +\|/)
    expect(row('process start to first write')).not.toContain('no row')
    expect(row('informer on 1,000 Secrets')).toMatch(/bytes an object/)
    expect(lines.filter((line) => line.startsWith('| template: '))).toHaveLength(10)
  }, 300_000)

  it('says in a row what --real was not measured for', async () => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['bench/run.ts', '--real', '--sources'],
      { env: { PATH: dirname(process.execPath), XDG_CACHE_HOME: '/nonexistent' }, timeout: 60_000 },
    )
    expect(stdout).toMatch(/real servers +\| not measured +\| missing: .*kube-apiserver/)
  }, 60_000)
})

describe('the table', () => {
  it('prints rows that miss their goal like the others', () => {
    const text = markdown([
      { what: 'good', figure: '1', goal: '≤ 2', met: true },
      { what: 'bad', figure: '3', goal: '≤ 2', met: false },
      { what: 'told', figure: '4' },
    ])
    expect(text.split('\n').map((line) => line.replace(/ +/g, ' ').trim())).toEqual([
      '| what | measured | beside | goal | |',
      '| ---- | -------- | ------ | ---- | ------ |',
      '| good | 1 | | ≤ 2 | met |',
      '| bad | 3 | | ≤ 2 | missed |',
      '| told | 4 | | | |',
    ])
  })

  it('rounds to what can be believed', () => {
    expect([1234.5, 98.76, 1.234].map(number)).toEqual(['1,235', '98.8', '1.23'])
  })
})

describe("openssl's table", () => {
  it('is read in the form of version 1 and of version 3', () => {
    expect(
      signsPerSecond(
        '                  sign    verify    sign/s verify/s\nrsa 4096 bits 0.006042s 0.000090s    165.5  11086.6\n',
      ),
    ).toBe(165.5)
    expect(
      signsPerSecond(
        '                   sign    verify    encrypt   decrypt   sign/s verify/s  encr./s  decr./s\nrsa  4096 bits 0.002174s 0.000045s 0.000047s 0.002213s    460.0  22107.0  21200.0    452.0\n',
      ),
    ).toBe(460)
    expect(signsPerSecond('no such thing')).toBeUndefined()
  })
})
