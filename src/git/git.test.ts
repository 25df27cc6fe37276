import { describe, expect, test } from 'vitest'
import { concatBytes, Sensitive, utf8, type Handler, type HttpHeaders } from '#base'
import { realEnv } from '#base/env'
import {
  branchRef,
  checkRefName,
  commitOfRevision,
  gitMirror,
  pathSteps,
  shownUrl,
} from './index.ts'
import { parseCommit, parseTree } from './objects.ts'
import { dataPacket, flushPacket, lineOf, parsePackets } from './pkt-line.ts'

const signal = new AbortController().signal
const id = 'a'.repeat(40)
const gitType = { 'content-type': 'application/x-git-upload-pack-advertisement' }

/** Asks a server that answers as `handler` does for its references. */
async function refsFrom(
  handler: Handler,
  credential = true,
): Promise<ReturnType<ReturnType<typeof gitMirror>['refs']>> {
  const env = realEnv()
  const listener = await env.net.listen(handler)
  const mirror = gitMirror({
    env,
    url: `${listener.url}/r.git`,
    folder: '/nonexistent/never-made',
    timeoutMs: 2_000,
    ...(credential
      ? { credential: { kind: 'basic', username: 'ada', password: Sensitive.of('canary-1618') } }
      : {}),
  })
  try {
    return await mirror.refs(signal)
  } finally {
    await mirror.close()
    await listener.close()
  }
}

const answering =
  (status: number, body: string | Uint8Array = '', headers: HttpHeaders = {}): Handler =>
  async () => ({ status, body, headers })

describe('a server that is none', () => {
  test.each([
    [
      'HTML',
      answering(200, '<html>canary</html>', { 'content-type': 'text/html' }),
      'InvalidAnswer',
    ],
    ['garbage under the right type', answering(200, 'zzzz', gitType), 'InvalidAnswer'],
    ['a cut advertisement', answering(200, '00ff# service', gitType), 'InvalidAnswer'],
    ['a refusal', answering(403, 'canary'), 'AccessDenied'],
    ['a wish for credentials', answering(401, 'canary'), 'AccessDenied'],
    ['nothing there', answering(404, 'canary'), 'NotFound'],
    ['too many requests', answering(429, 'canary'), 'RateLimited'],
    ['an outage', answering(502, 'canary'), 'Unavailable'],
    [
      'redirects for ever',
      answering(302, '', { location: '/r.git/info/refs?service=git-upload-pack' }),
      'InvalidAnswer',
    ],
    [
      'a redirect to a file',
      answering(302, '', { location: 'file:///etc/passwd' }),
      'InvalidAnswer',
    ],
  ])('answering %s gives a Fault without its words', async (_, handler, reason) => {
    const failed = refsFrom(handler)
    await expect(failed).rejects.toMatchObject({ name: 'Fault', reason })
    await expect(failed).rejects.not.toThrow('canary')
  })
})

test('a server of protocol version 0 is understood', async () => {
  const body = concatBytes([
    dataPacket('# service=git-upload-pack'),
    flushPacket,
    dataPacket(`${id} HEAD\0multi_ack symref=HEAD:refs/heads/main`),
    dataPacket(`${id} refs/heads/main`),
    dataPacket(`${'b'.repeat(40)} refs/tags/v1`),
    dataPacket(`${id} refs/tags/v1^{}`),
    flushPacket,
  ])
  const refs = await refsFrom(answering(200, body, gitType))
  expect(refs.get('refs/heads/main')?.id).toBe(id)
  expect(refs.get('refs/tags/v1')?.peeled).toBe(id)
})

test('a credential does not follow a redirect to another host', async () => {
  const seen: (string | undefined)[] = []
  const env = realEnv()
  const other = await env.net.listen(async (request) => {
    seen.push(request.headers['authorization'] as string | undefined)
    return { status: 404, body: '' }
  }, {})
  const location = `http://localhost:${other.port}/r.git/info/refs?service=git-upload-pack`
  try {
    await expect(refsFrom(answering(301, '', { location }))).rejects.toMatchObject({
      reason: 'NotFound',
    })
    expect(seen).toEqual([undefined])
  } finally {
    await other.close()
  }
})

test('a URL with a user or password, or of another kind, is refused without being shown', () => {
  const open = (url: string) => (): unknown => gitMirror({ env: realEnv(), url, folder: '/x' })
  for (const url of [
    'http://ada:canary@host/r',
    'file:///etc',
    'ext::sh -c canary',
    'ssh://h/r',
    '',
  ]) {
    expect(open(url)).toThrow(/URL/)
    expect(open(url)).not.toThrow('canary')
  }
  expect(shownUrl('https://ada:canary@host/r.git?token=canary#canary')).toBe('https://host/r.git')
})

test.each(['main', 'feature/x', 'release-1.2', 'ümlaut'])('a branch may be called %s', (name) => {
  expect(branchRef(name)).toBe(`refs/heads/${name}`)
})

test.each([
  '',
  '-x/..',
  'a..b',
  'a b',
  'a~1',
  'a^',
  'a:b',
  'a?',
  'a*',
  'a[',
  'a\\b',
  'a@{1}',
  'x.lock',
  '.x',
  'a/',
  'a//b',
  'a\nb',
  'a\0b',
  'x.',
  'y'.repeat(1_100),
])('a branch may not be called %j', (name) => {
  expect(() => branchRef(name)).toThrow(/not a valid reference name/)
})

test('what is no full name is no reference', () => {
  expect(() => checkRefName('main')).toThrow(/not a valid/)
  expect(() => checkRefName('--upload-pack=/bin/sh')).toThrow(/not a valid/)
  expect(checkRefName('HEAD')).toBe('HEAD')
})

test('packets come back as they were written, and broken ones are refused', () => {
  const body = concatBytes([dataPacket('one'), utf8('0001'), dataPacket('two'), flushPacket])
  expect(parsePackets(body).map((packet) => lineOf(packet) ?? packet.kind)).toEqual([
    'one',
    'delimiter',
    'two',
    'flush',
  ])
  for (const broken of ['000', 'xyz1', '0003', '0010short']) {
    expect(() => parsePackets(utf8(broken))).toThrow(/wire format/)
  }
})

test('a tree that names a way out is corrupt', () => {
  const entry = (mode: string, name: string): Uint8Array =>
    concatBytes([utf8(`${mode} ${name}\0`), new Uint8Array(20)])
  expect(parseTree(entry('100644', 'ok'))).toHaveLength(1)
  for (const name of ['..', '.', '', 'a/b']) {
    expect(() => parseTree(entry('100644', name))).toThrow(/corrupt/)
  }
  expect(() => parseTree(entry('7', 'x'))).toThrow(/corrupt/)
  expect(() => parseTree(utf8('100644 cut'))).toThrow(/corrupt/)
  expect(() => parseCommit(id, utf8('tree nothing\n\nx'))).toThrow(/corrupt/)
})

test('paths are confined to the tree, and revisions give their commit', () => {
  expect(pathSteps('../../../etc/./x//y')).toEqual(['etc', 'x', 'y'])
  expect(commitOfRevision(`feature/x@sha1:${id}`)).toBe(id)
  expect(commitOfRevision(`sha1:${id}`)).toBe(id)
  expect(commitOfRevision('main@sha1:abc')).toBeUndefined()
})
