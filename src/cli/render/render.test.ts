import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { textOf, utf8, type Compute, type Env } from '#base'
import { simEnv } from '#base/env'
import { renderCommand } from '../render.ts'

interface Ran {
  readonly exit: number
  readonly stdout: string
  readonly stderr: string
  readonly bytes: Uint8Array
}

/** Runs the command over these files; `-` as a file's name is standard input. */
async function run(
  argv: readonly string[],
  files: Readonly<Record<string, string | Uint8Array>> = {},
  isTty = false,
): Promise<Ran> {
  const compute: Compute = { run: async (task, input) => task.run(structuredClone(input)) }
  const env: Env = { ...simEnv(1, { startMs: Date.UTC(2026, 0, 2) }), compute }
  await env.fs.makeFolder('/files')
  for (const [name, text] of Object.entries(files)) {
    if (name !== '-') await env.fs.write(`/files/${name}`, text)
  }
  let stderr = ''
  const chunks: Uint8Array[] = []
  const stdin = files['-'] ?? ''
  const exit = await renderCommand(
    argv,
    {
      env,
      cwd: '/files',
      variables: {},
      stdin: () => Promise.resolve(typeof stdin === 'string' ? utf8(stdin) : stdin),
      stdout: (text) => void chunks.push(typeof text === 'string' ? utf8(text) : text),
      stderr: (text) => void (stderr += text),
      isTty,
    },
    new AbortController().signal,
  )
  const bytes = Buffer.concat(chunks)
  return { exit, stdout: textOf(bytes), stderr, bytes }
}

const template = (text: string, ...argv: readonly string[]): Promise<Ran> =>
  run(['template', 't.tmpl', ...argv], { 't.tmpl': text })

const externalSecret = `apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata:
  name: db
  namespace: web
spec:
  data:
    - secretKey: user
      remoteRef: { key: apps/db, property: user }
    - secretKey: password
      remoteRef: { key: apps/db, property: password }
  target:
    name: db-url
    template:
      type: example.com/db
      metadata:
        labels:
          owner: '{{ .user }}'
      templateFrom:
        - literal: |
            PGUSER: {{ .user | quote }}
            url: overridden
      data:
        url: "postgres://{{ .user }}:{{ .password | urlquery }}@db/app"
        config: |
          [db]
          user = {{ .user }}
          password = {{ .password | quote }}
`
const values = ['--data', 'user=app', '--data', 'password=p@ss, word']

describe('a template alone', () => {
  it('comes out byte for byte, with nothing at its end', async () => {
    const ran = await template('{{ .user }}:{{ .password }}', ...values)
    expect(ran).toMatchObject({ exit: 0, stdout: 'app:p@ss, word', stderr: '' })
  })

  it('comes out as bytes when it is no text', async () => {
    const ran = await run(['template', 't', '--data', 'b=@blob'], {
      t: '{{ .b }}',
      blob: Uint8Array.of(0xff, 0, 1),
    })
    expect([...ran.bytes]).toEqual([0xff, 0, 1])
  })

  it('ends with a line break on a terminal, which never gets binary', async () => {
    const files = { t: '{{ .b }}', blob: Uint8Array.of(0xff, 0x1b) }
    expect((await run(['template', 't', '--data', 'b=x'], files, true)).stdout).toBe('x\n')
    const ran = await run(['template', 't', '--data', 'b=@blob'], files, true)
    expect(ran).toMatchObject({ exit: 1, stdout: '' })
    expect(ran.stderr).toContain('2 bytes of binary')
  })

  it('is read from standard input', async () => {
    const ran = await run(['template', '-', '--data', 'a=1'], { '-': 'a={{ .a }}' })
    expect(ran.stdout).toBe('a=1')
  })

  it('may need a clock, chance and keys', async () => {
    const ran = await template(
      '{{ now | date "2006-01-02" }} {{ randAlphaNum 12 | len }} {{ genPrivateKey "ed25519" | trunc 27 }} {{ uuidv4 | len }}',
    )
    expect(ran).toMatchObject({
      exit: 0,
      stdout: '2026-01-02 12 -----BEGIN PRIVATE KEY----- 36',
      stderr: '',
    })
  })

  it('follows the engine that is asked for', async () => {
    expect((await template('{{ .nope }}')).exit).toBe(1)
    expect((await template('{{ .nope }}', '--engine', 'sealed')).stdout).toBe('<no value>')
  })

  it('may itself be a manifest of another kind, as a kubeconfig is', async () => {
    const text = 'apiVersion: v1\nkind: Config\nusers: [{ name: "{{ .user }}" }]\n'
    expect((await template(text, ...values)).stdout).toBe(text.replace('{{ .user }}', 'app'))
  })
})

describe('data', () => {
  const both = '{{ .a }}|{{ .b }}'
  it.each([
    ['values.yaml', 'a: 0123\nb: {c: [1, yes]}\n', '0123|{"c":[1,true]}'],
    ['values.yaml', 'a: |\n  x\n  y\nb:\n', 'x\ny\n|'],
    ['values.json', '{"a": 12345678901234567890, "b": "\\u00e9"}', '12345678901234567890|é'],
    ['.env.local', '# c\nexport a="x\\ny" # d\nb=p#q # r\n', 'x\ny|p#q'],
    ['any', "a='$x \\n'\nb=\n", '$x \\n|'],
    [
      'secret.yaml',
      'apiVersion: v1\nkind: Secret\ndata: {a: eA==, b: eQ==}\nstringData: {b: z}\n',
      'x|z',
    ],
    ['values.yaml', 'base: &x {a: "1", b: "2"}\n<<: *x\n', '1|2'],
  ])('is taken from %s: %j', async (name, text, expected) => {
    const ran = await run(['template', 't', '--data-file', name], { t: both, [name]: text })
    expect(ran).toMatchObject({ exit: 0, stdout: expected, stderr: '' })
  })

  it('of the command line wins over files, later files over earlier ones', async () => {
    const argv = ['template', 't', '-d', 'b=3', '-f', 'one', '-f', 'two']
    const ran = await run(argv, { t: both, one: 'a: 1\nb: 1\n', two: 'a: 2\n' })
    expect(ran.stdout).toBe('2|3')
  })

  it('is taken whole, with its commas, equal signs and, doubled, an @ at its head', async () => {
    const ran = await template(both, '--data=a=x,y=z', '-d', 'b=@@home')
    expect(ran.stdout).toBe('x,y=z|@home')
  })

  it('comes from standard input, once', async () => {
    const ran = await run(['template', 't', '--data', 'a=-', '-d', 'b='], { t: both, '-': 'piped' })
    expect(ran.stdout).toBe('piped|')
    const twice = await run(['template', '-', '--data', 'a=-'])
    expect(twice).toMatchObject({ exit: 2, stdout: '' })
  })

  it('keeps keys that JavaScript knows otherwise', async () => {
    const ran = await run(['template', 't', '-f', 'v.yaml'], {
      t: '{{ index . "__proto__" }} {{ .constructor }}',
      'v.yaml': '__proto__: p\nconstructor: c\n',
    })
    expect(ran).toMatchObject({ exit: 0, stdout: 'p c' })
  })

  it.each([
    ['v.yaml', 'a: hunter2: [\n'],
    ['v.json', '{"a": "hunter2"'],
    ['v.yaml', '- hunter2\n'],
    ['.env', 'A="hunter2\n'],
    ['v.yaml', 'apiVersion: v1\nkind: Secret\ndata: {a: "hunter2!"}\n'],
    ['v.yaml', 'a: *hunter2\n'],
  ])('that is wrong in %s (%j) is refused without being quoted', async (name, text) => {
    const ran = await run(['template', 't', '-f', name], { t: '', [name]: text })
    expect(ran).toMatchObject({ exit: 1, stdout: '' })
    expect(ran.stderr).toMatch(/^error: .*\nhint: .*\n$/)
    expect(ran.stderr).not.toContain('hunter2')
  })

  it('without a key is not repeated: it may be a password', async () => {
    const ran = await template('', '--data', 'hunter2')
    expect(ran.exit).toBe(1)
    expect(ran.stderr).not.toContain('hunter2')
  })
})

describe('a mistake', () => {
  const cases: readonly [string, string, string][] = [
    [
      'a\n{{ if .user }}\n  x {{ .pasword }}\n{{ end }}',
      't.tmpl:3:8: map has no entry for key "pasword"\n  3 |   x {{ .pasword }}\n    |        ^^^^^^^^\n',
      'did you mean .password?',
    ],
    ['{{ .nothing }}', 't.tmpl:1:4: map has no entry', 'the data has: password, user'],
    [
      '{{ .user | b64encode }}',
      't.tmpl:1:12: function "b64encode" not defined\n  1 | {{ .user | b64encode }}\n    |            ^^^^^^^^^\n',
      'did you mean b64enc?',
    ],
    [
      '{{ user }}',
      't.tmpl:1:4: function "user" not defined',
      'a value is written with a dot: .user',
    ],
    ['{{ env "HOME" }}', 't.tmpl:1:4: function "env"', 'templates see their data alone'],
    ['{{ .a-b }}', "t.tmpl:1:4: bad character U+002D '-'", '{{ index . "the-key" }}'],
    ['{{ $y }}', 't.tmpl:1:4: undefined variable "$y"', 'declared with :='],
    ['{{ template "x" }}', 't.tmpl:1:13: template "x" not defined', '{{ define "x" }}'],
    ['{{ repeat (add 1 2) "x" }}', 'expected int; got int64', 'convert it: (int …)'],
    ['{{ repeat 3 }}', 'wrong number of args for repeat', 'repeat (int, string)'],
    ['{{ get . "user" }}', 'got map[string]string', 'index . "key"'],
    ['{{ range .user }}{{ end }}', "range can't iterate", 'splitList'],
    ['{{ if .user }}x', 'unexpected EOF', '{{ end }}'],
    ['{{ repeat 9999999999 "x" }}', '1:4: error calling repeat', 'bounded'],
    ['\t{{ .nope }}', '  1 | \t{{ .nope }}\n    | \t   ^^^^^\n', 'the data has'],
    ['é {{ .nope }}', 't.tmpl:1:6: ', 'the data has'],
  ]
  it.each(cases)('in %j is told with its place and what to do', async (text, place, hint) => {
    const ran = await template(text, ...values)
    expect(ran).toMatchObject({ exit: 1, stdout: '' })
    expect(ran.stderr).toContain(place)
    expect(ran.stderr).toMatch(/^error: .*\n {2}\d+ \| .*\n +\| \s*\^+\nhint: .*\n$/)
    expect(ran.stderr.split('hint: ')[1]).toContain(hint)
  })

  it('far behind in a long line is shown with what stands around it', async () => {
    const ran = await template(`${'x'.repeat(500)}{{ .nope }}${'y'.repeat(500)}`)
    const [, line = '', caret = ''] = ran.stderr.split('\n')
    expect(line.length).toBeLessThan(120)
    expect(line.slice(caret.indexOf('^'))).toMatch(/^\.nope \}\}y+…$/)
  })

  it('never moves the cursor of a terminal', async () => {
    const ran = await template('\u001b[2J{{ .nope }}')
    expect(ran.stderr).not.toContain('\u001b')
  })

  it('never quotes a value', async () => {
    for (const use of [
      'fail .p',
      'semver .p',
      'range .p }}{{ end',
      '.p.x',
      'fromJson .p | first',
    ]) {
      const ran = await template(`{{ ${use} }}`, '--data', 'p=hunter2')
      expect(ran.stderr, use).toContain('error: ')
      expect(ran.stderr, use).not.toContain('hunter2')
    }
  })
})

describe('an ExternalSecret', () => {
  const trial = (...argv: readonly string[]): Promise<Ran> =>
    run(['template', 'db.yaml', ...argv], { 'db.yaml': externalSecret })

  it('shows each value that its templates make, below its name', async () => {
    const ran = await trial(...values)
    expect(ran).toMatchObject({ exit: 0, stderr: '' })
    expect(ran.stdout).toBe(`==> data.PGUSER <==
app
==> data.config <==
[db]
user = app
password = "p@ss, word"
==> data.url <==
postgres://app:p%40ss%2C+word@db/app
==> labels.owner <==
app
`)
  })

  it('gives one value alone, byte for byte', async () => {
    const ran = await trial(...values, '-k', 'url')
    expect(ran.stdout).toBe('postgres://app:p%40ss%2C+word@db/app')
    const none = await trial(...values, '-k', 'nope')
    expect(none.stderr).toContain('there are: PGUSER, config, url')
  })

  it.each(['yaml', 'json'])('gives the Secret as %s', async (format) => {
    const ran = await trial(...values, '-o', format)
    const secret: unknown = parse(ran.stdout)
    expect(secret).toEqual({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'db-url', namespace: 'web', labels: { owner: 'app' } },
      type: 'example.com/db',
      data: {
        PGUSER: Buffer.from('app').toString('base64'),
        config: Buffer.from('[db]\nuser = app\npassword = "p@ss, word"\n').toString('base64'),
        url: Buffer.from('postgres://app:p%40ss%2C+word@db/app').toString('base64'),
      },
    })
  })

  it('tells every mistake at once, where each stands in the manifest', async () => {
    const text = externalSecret
      .replace('.password | urlquery', '.password | urlquerry')
      .replace('.password | quote', '.pasword | quote')
    const ran = await run(['template', 'db.yaml', ...values], { 'db.yaml': text })
    expect(ran).toMatchObject({ exit: 1, stdout: '' })
    const lines = text.split('\n')
    const spot = (word: string): string => {
      const line = lines.findIndex((one) => one.includes(word))
      return `error: db.yaml:${line + 1}:${(lines[line]?.indexOf(word) ?? 0) + 1}: `
    }
    expect(ran.stderr).toContain(spot('urlquerry'))
    expect(ran.stderr).toContain(spot('.pasword'))
    expect(ran.stderr).toContain('(spec.target.template.data.config)')
  })

  it('says which value is still to be given', async () => {
    const ran = await trial('--data', 'user=app')
    expect(ran.stderr).toContain('the object will have password; to try it, give --data password=…')
  })

  it('takes the templates it names from the same stream', async () => {
    const text = `apiVersion: v1
kind: ConfigMap
metadata: { name: tpl }
data:
  app.ini: 'user={{ .user }}'
  pairs: |
    a: {{ .user }}
    {{ .user }}: b
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: { name: db }
spec:
  target:
    template:
      mergePolicy: Merge
      templateFrom:
        - configMap: { name: tpl, items: [{ key: app.ini }, { key: pairs, templateAs: KeysAndValues }] }
`
    const ran = await run(['template', '-', '-d', 'user=u', '-o', 'json'], { '-': text })
    expect(ran.stderr).toBe('')
    const { data } = JSON.parse(ran.stdout) as { data: Record<string, string> }
    const plain = Object.fromEntries(Object.entries(data).map(([key, value]) => [key, atob(value)]))
    expect(plain).toEqual({ 'app.ini': 'user=u', a: 'u', u: 'b', user: 'u' })
    const alone = text.slice(text.indexOf('---') + 4)
    const without = await run(['template', '-'], { '-': alone })
    expect(without.stderr).toContain('ConfigMap tpl is not in the file')
  })

  it('with text that YAML takes otherwise is told where', async () => {
    const ran = await run(['template', 'a.yaml'], {
      'a.yaml': 'kind: ExternalSecret\nspec:\n  a: {{ .x }}: [\n',
    })
    expect(ran.stderr).toMatch(/^error: a\.yaml:\d+:\d+: this is no YAML\nhint: quote a value/)
  })

  it('without a template, or of an engine that is gone, is refused', async () => {
    const none = await run(['template', 'a.yaml'], { 'a.yaml': 'kind: ExternalSecret\nspec: {}\n' })
    expect(none).toMatchObject({ exit: 1 })
    const old = await run(['template', 'a.yaml'], {
      'a.yaml': externalSecret.replace('type: example.com/db', 'engineVersion: v1'),
    })
    expect(old.stderr).toContain('engineVersion v1 is not served')
  })
})

describe('a SealedSecret', () => {
  const sealed = `apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata: { name: db, namespace: web }
spec:
  encryptedData: { password: AgB, hidden: AgC }
  template:
    data:
      url: 'db://{{ .password }}@{{ .host }}'
      host: db
      password: no
      hidden: null
`
  it('renders with its own functions, and what is sealed wins', async () => {
    const argv = ['template', 's.yaml', '-d', 'password=p', '-d', 'hidden=h']
    const ran = await run(argv, { 's.yaml': sealed.replace('password: no', "password: 'no'") })
    expect(ran).toMatchObject({ exit: 0, stderr: '' })
    expect(ran.stdout).toBe(
      '==> data.host <==\ndb\n==> data.password <==\np\n==> data.url <==\ndb://p@db\n',
    )
  })
})

describe('misuse', () => {
  it.each([
    [[]],
    [['tree', 'x']],
    [['template']],
    [['template', 'a', 'b']],
    [['template', 't', '--engine', 'jinja']],
    [['template', 't', '-o', 'xml']],
    [['template', 't', '-o', 'yaml']],
    [['template', 't', '--nope']],
  ])('%j is told with status 2', async (argv) => {
    const ran = await run(argv, { t: '' })
    expect(ran).toMatchObject({ exit: 2, stdout: '' })
    expect(ran.stderr).toMatch(/^error: .*\nhint: see `lockstep render --help`\n$/)
  })

  it('a file that is not there is a failure', async () => {
    const ran = await run(['template', 'nope'])
    expect(ran).toMatchObject({
      exit: 1,
      stderr: 'error: there is no file nope\nhint: check the path\n',
    })
  })
})

describe('as a user runs it', () => {
  it('renders in a worker thread, and a template without end is ended by its bounds', () => {
    const folder = mkdtempSync(join(tmpdir(), 'lockstep-render-'))
    try {
      writeFileSync(join(folder, 'a.tmpl'), 'url={{ .host }}\n')
      writeFileSync(join(folder, 'b.tmpl'), '{{ range 1000000000000 }}{{ end }}')
      const lockstep = (...argv: readonly string[]): ReturnType<typeof spawnSync> =>
        spawnSync(process.execPath, ['src/bin/lockstep.ts', 'render', 'template', ...argv], {
          encoding: 'utf8',
        })
      const good = lockstep(join(folder, 'a.tmpl'), '--data', 'host=db')
      expect([good.status, good.stdout, good.stderr]).toEqual([0, 'url=db\n', ''])
      const endless = lockstep(join(folder, 'b.tmpl'))
      expect(endless.status).toBe(1)
      expect(endless.stderr).toContain('takes more than')
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
