import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { textOf, utf8, type Compute, type Env } from '#base'
import { simEnv } from '#base/env'
import { seal } from '../seal.ts'

const keys = new URL('../../../test/conformance/sealed-secret/keys/', import.meta.url)
const canary = 'hunter2-canary'
const secret = (more: object = {}): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'db', namespace: 'team' },
    stringData: { password: canary },
    ...more,
  })

async function run(
  argv: readonly string[],
  stdin: string | Uint8Array = '',
  files: Readonly<Record<string, string>> = {},
) {
  const compute: Compute = { run: async (task, input) => task.run(input) }
  const env: Env = { ...simEnv(1, { startMs: Date.UTC(2026, 0, 1) }), compute }
  await env.fs.makeFolder('/files')
  for (const name of ['c', 'expired', 'ec']) {
    await env.fs.write(`/files/${name}.crt`, readFileSync(new URL(`${name}.crt`, keys)))
    await env.fs.write(`/files/${name}.key`, readFileSync(new URL(`${name}.key`, keys)))
  }
  for (const [name, text] of Object.entries(files)) await env.fs.write(`/files/${name}`, text)
  let stdout = ''
  let stderr = ''
  const exit = await seal(
    argv,
    {
      env,
      cwd: '/files',
      variables: {},
      stdin: () => Promise.resolve(typeof stdin === 'string' ? utf8(stdin) : stdin),
      stdout: (text) => {
        stdout += typeof text === 'string' ? text : textOf(text)
      },
      stderr: (text) => {
        stderr += text
      },
      isTty: false,
    },
    new AbortController().signal,
  )
  const read = async (name: string): Promise<string | null> => {
    const bytes = await env.fs.read(`/files/${name}`)
    return bytes === null ? null : textOf(bytes)
  }
  return { exit, stdout, stderr, read }
}

const cert = ['--cert', 'c.crt']
const recover = ['--recovery-unseal', '--recovery-private-key', 'c.key']

describe('a failure', () => {
  const cases: readonly [string, readonly string[], string | Uint8Array, RegExp][] = [
    [
      'no certificate in the file',
      ['--cert', 'c.key'],
      secret(),
      /valid RSA or ECDSA certificates/,
    ],
    ['a certificate of another kind', ['--cert', 'ec.crt'], secret(), /expected RSA public key/],
    [
      'an expired one',
      ['--cert', 'expired.crt'],
      secret(),
      /expired certificate on January 1, 2011/,
    ],
    ['no such file', ['--cert', 'none'], secret(), /open none: no such file or directory/],
    ['an unknown scheme', ['--cert', 'ftp://x/y'], secret(), /cannot read a certificate from ftp/],
    ['another namespace', [...cert, '-n', 'ops'], secret(), /namespace mismatch/],
    [
      'bad base64 in data',
      cert,
      secret({ data: { a: `${canary}!` } }),
      /illegal base64 data in data.a/,
    ],
    [
      'a list for a value',
      cert,
      secret({ stringData: { a: [canary] } }),
      /stringData.a is no text/,
    ],
    ['a list for data', cert, secret({ data: [canary] }), /data is no map/],
    ['words', cert, `${canary} and other words`, /no secrets found/],
    ['bytes that are no text', cert, Uint8Array.of(0xff, 0xfe, 0), /no secrets found/],
    ['YAML that does not parse', cert, `a: [${canary}`, /no secrets found/],
    ['YAML that grows without end', cert, bomb(), /no secrets found/],
    [
      'no value to open',
      recover,
      secret({ spec: { encryptedData: { a: '!!' } } }),
      /illegal base64/,
    ],
    [
      'a key that is none',
      [...recover, '--recovery-private-key', 'c.crt'],
      secret(),
      /not a private key/,
    ],
  ]

  it.each(cases)('%s: one line of what, one hint, exit 1', async (_name, argv, stdin, what) => {
    const { exit, stdout, stderr } = await run(argv, stdin)
    expect(exit).toBe(1)
    expect(stdout).toBe('')
    expect(stderr).toMatch(/^error: .+\nhint: .+\n$/)
    expect(stderr).toMatch(what)
    expect(stderr).not.toContain(canary)
  })

  it('leaves the output file as it was', async () => {
    const { exit, read } = await run([...cert, '-w', 'out.yaml', '-n', 'ops'], secret(), {
      'out.yaml': 'before',
    })
    expect(exit).toBe(1)
    expect(await read('out.yaml')).toBe('before')
  })

  it('by misuse ends with 2', async () => {
    const { exit, stderr } = await run(['--scope', 'galaxy'])
    expect(exit).toBe(2)
    expect(stderr).toContain('must be one of: strict, namespace-wide, cluster-wide')
    expect((await run(['-o', 'xml'])).exit).toBe(2)
  })
})

function bomb(): string {
  const lines = ['a0: &a0 [x, x]']
  for (let i = 1; i < 30; i++) lines.push(`a${i}: &a${i} [*a${i - 1}, *a${i - 1}]`)
  return lines.join('\n')
}

describe('what was sealed', () => {
  it('opens again to the Secret it was made of', async () => {
    const labels = { metadata: { name: 'db', namespace: 'team', labels: { app: 'db' } } }
    const sealed = await run([...cert, '-o', 'yaml'], secret({ ...labels, type: 'Opaque' }))
    expect(sealed.stdout).not.toContain(canary)
    const opened = await run(recover, sealed.stdout)
    const recovered = JSON.parse(opened.stdout) as Record<string, never>
    expect(recovered).toMatchObject({
      kind: 'Secret',
      type: 'Opaque',
      metadata: { name: 'db', namespace: 'team', labels: { app: 'db' } },
      data: { password: Buffer.from(canary).toString('base64') },
    })
  })

  it('does not open under another name', async () => {
    const sealed = await run(cert, secret())
    const moved = sealed.stdout.replace('"name": "db"', '"name": "other"')
    const { exit, stderr } = await run(recover, moved)
    expect(exit).toBe(1)
    expect(stderr).toContain('no key could decrypt secret (password)')
  })

  it('keeps keys that are named like parts of JavaScript', async () => {
    const input = `{"metadata":{"name":"db","namespace":"team"},"stringData":{"__proto__":"x","constructor":"y"}}`
    const { stdout } = await run([...cert, '-o', 'yaml'], input)
    expect(stdout).toMatch(/\n {4}__proto__: A/)
    expect(stdout).toMatch(/\n {4}constructor: A/)
  })

  it('quotes in YAML what an older reader would take for a boolean or a number', async () => {
    const input = secret({ metadata: { name: 'on', namespace: '012', labels: { yes: '1_0' } } })
    const { stdout } = await run([...cert, '-o', 'yaml'], input)
    const read = parse(stdout, { version: '1.1' }) as { spec: { template: object } }
    expect(read.spec.template).toEqual({
      metadata: { labels: { yes: '1_0' }, name: 'on', namespace: '012' },
    })
  })
})

describe('merging into a file', () => {
  const wide = {
    name: 'db',
    namespace: 'team',
    annotations: { 'sealedsecrets.bitnami.com/cluster-wide': 'true' },
  }

  it('seals for the scope of the file, whose values could never be opened otherwise', async () => {
    const first = await run(cert, secret({ metadata: wide }))
    const more = JSON.stringify({ metadata: { name: 'x' }, stringData: { more: 'y' } })
    const merged = await run([...cert, '--merge-into', 'db.json'], more, {
      'db.json': first.stdout,
    })
    expect(merged.exit).toBe(0)
    const text = (await merged.read('db.json')) ?? ''
    const opened = JSON.parse((await run(recover, text)).stdout) as { data: object }
    expect(Object.keys(opened.data)).toEqual(['more', 'password'])
  })

  it('refuses a scope that is not the file’s, and leaves the file', async () => {
    const first = await run(cert, secret())
    const { exit, stderr, read } = await run(
      [...cert, '--scope', 'cluster-wide', '--merge-into', 'db.json'],
      secret(),
      { 'db.json': first.stdout },
    )
    expect(exit).toBe(1)
    expect(stderr).toContain("the target's scope is strict")
    expect(await read('db.json')).toBe(first.stdout)
  })

  it('works where the file has no template metadata at all', async () => {
    const bare = { kind: 'SealedSecret', metadata: { name: 'db', namespace: 'team' }, spec: {} }
    const { exit, read } = await run([...cert, '--merge-into', 'db.json'], secret(), {
      'db.json': JSON.stringify(bare),
    })
    expect(exit).toBe(0)
    expect(await read('db.json')).toContain('"password": "A')
  })
})
