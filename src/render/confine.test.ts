import { describe, expect, it } from 'vitest'
import { utf8 } from '#base'
import { confine, guardedWords, speaksOfSecrets, type Verdict } from './confine.ts'

function verdictOf(folder: string, tree: Readonly<Record<string, string>>): Verdict {
  const kustomizations = new Map(
    Object.entries(tree)
      .filter(([path]) => path.endsWith('kustomization.yaml'))
      .map(([path, text]) => [path.replace(/\/?[^/]*$/, ''), { path, bytes: utf8(text) }]),
  )
  return confine([folder], kustomizations, new Set(Object.keys(tree)))
}

describe('what a kustomization may load', () => {
  it.each([
    'secretGenerator: [{name: a, files: [x=/var/run/secrets/kubernetes.io/serviceaccount/token]}]',
    'secretGenerator: [{name: a, files: [../../proc/self/environ]}]',
    'SecretGenerator: [{Name: a, Files: [/etc/passwd]}]',
    'configMapGenerator: [{name: a, envs: [/proc/self/environ]}]',
    'ConfigMapGenerator: [{name: a, ENV: /proc/self/environ}]',
    'configMapGenerator: [{name: a, files: [x=http://127.0.0.1:8080/metrics]}]',
    'reſources: [/etc/passwd]',
    'resources: [../../../../etc/passwd]',
    'patches: [{path: /etc/passwd}]',
    'patchesStrategicMerge: [/etc/passwd]',
    'patchesJson6902: [{path: /etc/passwd}]',
    'replacements: [{path: /etc/passwd}]',
    'openapi: {path: /etc/passwd}',
    'crds: [/etc/passwd]',
    'transformers: [/etc/passwd]',
    'resources: [../base]\n---\n',
  ])('is nothing outside of the repository: %s', (text) => {
    const base = 'secretGenerator: [{name: a, files: [/etc/passwd]}]'
    const tree = { 'app/kustomization.yaml': text, 'base/kustomization.yaml': base }
    expect(verdictOf('app', tree)).toMatchObject({ kind: 'refused' })
  })

  it('is what lies in its own folder, and other kustomizations, under restriction', () => {
    const tree = {
      'app/kustomization.yaml':
        'resources: [../base, a.yaml]\npatches: [{patch: "[{op: add, path: /spec/x, value: 1}]"}]',
      'base/kustomization.yaml': 'resources: [b.yaml]',
      'elsewhere/kustomization.yaml': 'resources: [/etc/passwd]',
    }
    expect(verdictOf('app', tree)).toEqual({ kind: 'restricted' })
  })

  it('may lie above its folder in the same repository; then it is read as it was checked', () => {
    const text = 'resources: [../shared.yaml]\ncommonAnnotations: {a: /x, "__proto__": "y"}'
    const tree = { 'app/kustomization.yaml': text, 'shared.yaml': '' }
    const verdict = verdictOf('app', tree)
    const file = verdict.kind === 'rewritten' ? verdict.files.get('app/kustomization.yaml') : ''
    expect(file).toBe(
      '{"resources":["../shared.yaml"],"commonAnnotations":{"a":"/x","__proto__":"y"}}',
    )
  })

  it('stays restricted where documents are loaded that load others', () => {
    const text = 'resources: [../shared.yaml]\nGenerators: [g.yaml]'
    const tree = { 'app/kustomization.yaml': text, 'shared.yaml': '', 'app/g.yaml': '' }
    expect(verdictOf('app', tree)).toEqual({ kind: 'restricted' })
  })
})

describe("kustomize's words about a repository with Secrets", () => {
  it.each([
    'Error: loading KV pairs: literal sources [hunter2]: invalid literal source hunter2, expected key=value',
    'Error: unable to parse SM or JSON patch from [stringData: {password: "hunter2", x]',
    'Error: MalformedYAMLError: yaml: line 3: key "hunter2" already set in map in File: s.yaml',
    'Error: json: unknown field "hunter2"',
  ])('never hold a value', (words) => {
    expect(guardedWords(words)).not.toContain('hunter2')
  })

  it('still name file and line, and what is missing', () => {
    const yaml = 'MalformedYAMLError: yaml: line 6: mapping values are not … in File: s.yaml'
    expect(guardedWords(yaml)).toBe('MalformedYAMLError: yaml: line 6 in File: s.yaml')
    const absent =
      'loader.New "evalsymlink failure on \'x/y\' : lstat x/y: no such file or directory"'
    expect(guardedWords(absent)).toContain('lstat x/y: no such file or directory')
  })

  it.each(['kind: Secret', '{"kind": "Secret"}', 'secretGenerator:', '  stringData: {a: b}'])(
    'are guarded because of %s',
    (text) => expect(speaksOfSecrets(utf8(text))).toBe(true),
  )
})
