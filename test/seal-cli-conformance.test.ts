/**
 * Command lines of kubeseal 0.40 with what they printed and wrote, played against `lockstep seal`;
 * those that ask a cluster, against the embedded one with our controller in it.
 */
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { textOf, utf8, type Listener } from '#base'
import { realEnv } from '#base/env'
import { sealCommand } from '#cli/seal'
import { onlineCluster, type OnlineCluster } from './sealed-secret/online.ts'
import {
  maskSealed,
  openSealed,
  sameOutput,
  sealedSecretCases,
  shown,
  testKeys,
} from './sealed-values.ts'

interface Case {
  readonly about: string
  readonly needs?: string
  readonly args: readonly string[]
  readonly stdin?: string
  readonly files?: Readonly<Record<string, string>>
  readonly env?: Readonly<Record<string, string>>
  readonly says?: readonly string[]
  readonly anyStdout?: boolean
  readonly quirk?: boolean
}

interface Expected {
  readonly exit: number
  readonly stdout: string
  readonly stderr: string
  readonly files: Readonly<Record<string, string>>
  readonly sealed: readonly { key: string | null; label: string; plaintext: string }[]
}

/** What is known to differ, with the reason. This list may only become shorter. */
const notYet: ReadonlyMap<string, string> = new Map([])

const folder = new URL('cli/', sealedSecretCases)
const keysFolder = fileURLToPath(new URL('keys', sealedSecretCases))
const keys = testKeys()
const cases = readdirSync(folder)
  .sort()
  .map((name) => {
    const read = (file: string): string => readFileSync(new URL(`${name}/${file}`, folder), 'utf8')
    return {
      name,
      test: parse(read('case.yaml')) as Case,
      expected: JSON.parse(read('expected.json')) as Expected,
    }
  })
const offline = cases.filter(({ test }) => test.needs !== 'cluster')
const env = realEnv()
let web: Listener
let cluster: OnlineCluster

// The cases name the kubeconfig of the cluster; here the way to it is given by hand.
const seal = sealCommand(() =>
  Promise.resolve(() => Promise.resolve({ client: cluster.client(), namespace: 'default' })),
)

beforeAll(async () => {
  cluster = await onlineCluster(env)
  web = await env.net.listen((request) => {
    const file = /^\/([a-z0-9]+\.crt)$/.exec(request.target)?.[1]
    return Promise.resolve(
      file === undefined
        ? { status: 404, body: 'no such certificate\n' }
        : { status: 200, body: readFileSync(join(keysFolder, file)) },
    )
  })
})
afterAll(async () => {
  await web.close()
  await cluster.close()
})

function kubeconfig(namespace: string): string {
  const context = (name: string, namespace: string) => ({
    name,
    context: { cluster: 'x', user: 'x', namespace },
  })
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'x',
    clusters: [{ name: 'x', cluster: { server: 'https://127.0.0.1:1' } }],
    users: [{ name: 'x', user: { token: 't' } }],
    contexts: [context('x', namespace), context('y', 'other-team')],
  })
}

async function play(test: Case) {
  const cwd = mkdtempSync(join(tmpdir(), 'seal-'))
  const names: Readonly<Record<string, string>> = {
    KEYS: keysFolder,
    URL: web.url,
    CWD: cwd,
    DEAD: join(cwd, '.dead.kubeconfig'),
    TEAM: join(cwd, '.team.kubeconfig'),
  }
  const fill = (text: string): string =>
    text.replace(/\$\{(\w+)\}/g, (all, name: string) => names[name] ?? all)
  writeFileSync(join(cwd, '.dead.kubeconfig'), kubeconfig('default'))
  writeFileSync(join(cwd, '.team.kubeconfig'), kubeconfig('team'))
  for (const [name, text] of Object.entries(test.files ?? {})) {
    mkdirSync(dirname(join(cwd, name)), { recursive: true })
    writeFileSync(join(cwd, name), fill(text))
  }
  let stdout = ''
  let stderr = ''
  const variables = Object.entries(test.env ?? {}).map(([name, text]) => [name, fill(text)])
  const exit = await seal(
    test.args.map(fill),
    {
      env,
      cwd,
      variables: { HOME: cwd, ...(Object.fromEntries(variables) as Record<string, string>) },
      stdin: () => Promise.resolve(utf8(fill(test.stdin ?? ''))),
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
  const found: string[] = []
  const clean = (text: string): string => {
    let masked = maskSealed(text, found)
    for (const name of ['CWD', 'KEYS', 'URL']) {
      masked = masked.replaceAll(names[name] as string, `\${${name}}`)
    }
    return masked
  }
  const result = {
    exit,
    stdout: clean(stdout),
    stderr: clean(stderr),
    files: new Map<string, string>(),
  }
  for (const name of readdirSync(cwd).sort()) {
    if (name.startsWith('.') || !statSync(join(cwd, name)).isFile()) continue
    const text = readFileSync(join(cwd, name), 'utf8')
    if (text !== fill(test.files?.[name] ?? '\u0000')) result.files.set(name, clean(text))
  }
  rmSync(cwd, { recursive: true })
  return { result, found }
}

/** What differs from the recording; empty when nothing does. */
async function differences(test: Case, expected: Expected): Promise<string[]> {
  const { result, found } = await play(test)
  const wrong: string[] = []
  if (result.exit !== expected.exit) {
    wrong.push(`exit ${result.exit} in place of ${expected.exit}: ${result.stderr}`)
  }
  if (test.anyStdout !== true && !sameOutput(expected.stdout, result.stdout)) {
    wrong.push(`stdout ${result.stdout}`)
  }
  for (const text of test.says ?? []) {
    if (!result.stderr.includes(text) && !result.stdout.includes(text)) {
      wrong.push(`nothing says ${JSON.stringify(text)}: ${result.stderr}`)
    }
  }
  if (expected.exit === 1 && expected.stderr.startsWith('error:')) {
    if (!result.stderr.startsWith('error:')) wrong.push('stderr does not begin with error:')
    if (!/^hint: \S/m.test(result.stderr)) wrong.push('no hint')
  }
  for (const name of new Set([...Object.keys(expected.files), ...result.files.keys()])) {
    const [one, two] = [expected.files[name], result.files.get(name)]
    if (one === undefined || two === undefined || !sameOutput(one, two))
      wrong.push(`file ${name}: ${two}`)
  }
  if (found.length !== expected.sealed.length) {
    return [...wrong, `${found.length} sealed values in place of ${expected.sealed.length}`]
  }
  for (const [i, sealed] of expected.sealed.entries()) {
    const key = keys.get(sealed.key ?? '')
    if (key === undefined) continue
    const plain = openSealed(key, sealed.label, found[i] as string)
    if (plain === undefined || shown(plain) !== sealed.plaintext) {
      wrong.push(
        `SEALED(${i}) does not open with ${sealed.key} and ${JSON.stringify(sealed.label)}`,
      )
    }
  }
  return wrong
}

describe('kubeseal 0.40', () => {
  it('has 97 recorded command lines, 83 of them without a cluster', () => {
    expect([cases.length, offline.length]).toEqual([97, 83])
  })

  it.each(cases.map(({ name, test, expected }) => [name, test, expected] as const))(
    '%s',
    async (name, test, expected) => {
      const wrong = await differences(test, expected)
      if (notYet.has(name)) {
        expect(wrong, `${name} works now: take it off the list`).not.toEqual([])
      } else if (test.quirk !== true) expect(wrong).toEqual([])
    },
  )
})
