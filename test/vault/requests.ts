/**
 * Requests that a Vault answers in turn: what our provider, `vault` and other clients send, and what they
 * send by mistake. `{name}` stands for what an earlier answer gave (`keep`).
 */

/** One request. */
export interface VaultRequest {
  readonly method: string
  /** Below `/v1/`. */
  readonly path: string
  readonly body?: unknown
  /** Sent as it is, in place of `body`. */
  readonly text?: string
  readonly type?: string
  /** Default: the root token; empty: none. */
  readonly token?: string
  /** A name for a part of the answer, by its path, for later requests. */
  readonly keep?: readonly [name: string, ...at: readonly string[]]
}

const get = (path: string, more: Partial<VaultRequest> = {}): VaultRequest => ({
  method: 'GET',
  path,
  ...more,
})
const post = (path: string, body?: unknown, more: Partial<VaultRequest> = {}): VaultRequest => ({
  method: 'POST',
  path,
  ...(body === undefined ? {} : { body }),
  ...more,
})
const remove = (path: string, more: Partial<VaultRequest> = {}): VaultRequest => ({
  method: 'DELETE',
  path,
  ...more,
})
const patch = (path: string, body: unknown): VaultRequest => ({
  method: 'PATCH',
  path,
  body,
  type: 'application/merge-patch+json',
})

const mounts: readonly VaultRequest[] = [
  post('sys/mounts/two', { type: 'kv', options: { version: '2' } }),
  post('sys/mounts/one', { type: 'kv' }),
  post('sys/mounts/two', { type: 'kv' }),
  post('sys/mounts/three', { type: 'nonsense' }),
  get('sys/internal/ui/mounts/two'),
  get('sys/internal/ui/mounts/two/any/path'),
  get('sys/internal/ui/mounts/none'),
  get('sys/nonsense'),
  get('none/data/a'),
]

const secondVersion: readonly VaultRequest[] = [
  get('two/data/a'),
  post('two/data/a', { data: { password: 'one', number: 1.5, deep: { list: [1, 'b', null] } } }),
  get('two/data/a'),
  get('two/data/a?version=0'),
  get('two/data/a?version=1'),
  get('two/data/a?version=2'),
  get('two/data/a?version=-1'),
  get('two/data/a?version=one'),
  { method: 'PUT', path: 'two/data/a', body: { data: { password: 'two <&>' } } },
  get('two/data/a'),
  post('two/data/a', { data: { password: 'three' }, options: { cas: 1 } }),
  post('two/data/a', { data: { password: 'three' }, options: { cas: 2 } }),
  post('two/data/b', { data: { x: 'y' }, options: { cas: 1 } }),
  post('two/data/b', { data: { x: 'y' }, options: { cas: 0 } }),
  post('two/data/b', { data: {} }),
  get('two/data/b'),
  post('two/data/c', { password: 'beside data' }),
  post('two/data/c', {}),
  post('two/data/c', undefined, { text: '{"data":' }),
  post('two/data/c', undefined, { text: '[1]' }),
  post('two/data/folder/inner', { data: { x: 'y' } }),
  post('two/data/folder/with%20space', { data: { x: 'y' } }),
  get('two/data/folder/with%20space'),
  post('two/data/folder/%C3%BC', { data: { x: 'y' } }),
  get('two/metadata?list=true'),
  get('two/metadata/?list=true'),
  get('two/metadata/folder?list=true'),
  get('two/metadata/folder/?list=true'),
  { method: 'LIST', path: 'two/metadata/folder' },
  get('two/metadata/a?list=true'),
  get('two/metadata/none?list=true'),
  get('two/data/folder?list=true'),
  get('two/metadata/a'),
  get('two/metadata/none'),
  get('two/subkeys/a'),
  get('two/a'),
  get('two/'),
  get('two/config'),
  post('two/metadata/a', { custom_metadata: { team: 'web' }, max_versions: 5 }),
  get('two/metadata/a'),
  post('two/metadata/a', { custom_metadata: { team: 1 } }),
  post('two/metadata/b', { cas_required: true }),
  post('two/data/b', { data: { x: 'z' } }),
  patch('two/data/a', { data: { more: 'm' } }),
  get('two/data/a'),
  patch('two/data/none', { data: { more: 'm' } }),
  remove('two/data/a'),
  get('two/data/a'),
  get('two/data/a?version=1'),
  patch('two/data/a', { data: { more: 'm' } }),
  post('two/undelete/a', { versions: [4] }),
  get('two/data/a'),
  post('two/delete/a', { versions: [1, 2] }),
  get('two/data/a?version=1'),
  post('two/destroy/a', { versions: [4] }),
  get('two/data/a'),
  post('two/undelete/a', { versions: [4] }),
  get('two/data/a'),
  get('two/metadata/a'),
  post('two/data/a', { data: { password: 'five' } }),
  post('two/data/a', { data: { password: 'six' } }),
  get('two/data/a?version=1'),
  remove('two/metadata/a'),
  get('two/data/a'),
  remove('two/metadata/a'),
  remove('two/data/none'),
  get('two/data/none'),
  get('two/metadata/none'),
]

const firstVersion: readonly VaultRequest[] = [
  get('one/a'),
  post('one/a', { password: 'one', ttl: '1h' }),
  get('one/a'),
  post('one/folder/b', { password: 'two' }),
  post('one/c', {}),
  get('one?list=true'),
  get('one/folder?list=true'),
  get('one/none?list=true'),
  get('one/data/a'),
  patch('one/a', { password: 'three' }),
  remove('one/a'),
  get('one/a'),
  remove('one/a'),
]

const tokens: readonly VaultRequest[] = [
  get('two/data/b', { token: '' }),
  get('two/data/b', { token: 'nobody' }),
  get('none/data/b', { token: '' }),
  get('auth/token/lookup-self', { token: '' }),
  get('auth/token/lookup-self', { token: 'nobody' }),
  post('sys/policies/acl/readers', {
    policy: 'path "two/data/b" { capabilities = ["read"] }',
  }),
  post(
    'auth/token/create',
    { policies: ['readers'], ttl: '1h' },
    { keep: ['reader', 'auth', 'client_token'] },
  ),
  get('auth/token/lookup-self', { token: '{reader}' }),
  get('two/data/b', { token: '{reader}' }),
  get('two/data/other', { token: '{reader}' }),
  get('two/metadata?list=true', { token: '{reader}' }),
  get('none/data/b', { token: '{reader}' }),
  post('two/data/b', { data: { x: '1' } }, { token: '{reader}' }),
  get('sys/internal/ui/mounts/two', { token: '{reader}' }),
  get('sys/internal/ui/mounts/one', { token: '{reader}' }),
  get('sys/mounts', { token: '{reader}' }),
  post('sys/capabilities-self', { paths: ['two/data/b', 'two/data/c'] }, { token: '{reader}' }),
  post('auth/token/renew-self', {}, { token: '{reader}' }),
  post('auth/token/create', { policies: ['root'] }, { token: '{reader}' }),
  post('auth/token/revoke-self', {}, { token: '{reader}' }),
  get('two/data/b', { token: '{reader}' }),
  post('auth/token/lookup', { token: 'nobody' }),
  post('auth/token/revoke', { token: 'nobody' }),
]

const logins: readonly VaultRequest[] = [
  post('sys/auth/robots', { type: 'approle' }),
  post('sys/auth/robots', { type: 'approle' }),
  post('sys/auth/more', { type: 'nonsense' }),
  post('auth/robots/role/web', { token_policies: ['readers'], token_ttl: '20m' }),
  get('auth/robots/role/web/role-id', { keep: ['role', 'data', 'role_id'] }),
  get('auth/robots/role/none/role-id'),
  post('auth/robots/role/web/secret-id', {}, { keep: ['secret', 'data', 'secret_id'] }),
  post(
    'auth/robots/login',
    { role_id: '{role}', secret_id: '{secret}' },
    { token: '', keep: ['robot', 'auth', 'client_token'] },
  ),
  get('two/data/b', { token: '{robot}' }),
  get('auth/token/lookup-self', { token: '{robot}' }),
  post('auth/robots/login', { role_id: '{role}', secret_id: 'wrong' }, { token: '' }),
  post('auth/robots/login', { role_id: 'wrong', secret_id: '{secret}' }, { token: '' }),
  post('auth/robots/login', { role_id: '{role}' }, { token: '' }),
  post('auth/robots/login', {}, { token: '' }),
  post('auth/none/login', { role_id: 'a', secret_id: 'b' }, { token: '' }),
  post('sys/auth/pods', { type: 'kubernetes' }),
  post('auth/pods/login', { role: 'web', jwt: 'a.b.c' }, { token: '' }),
  post('auth/pods/config', {
    kubernetes_host: 'https://127.0.0.1:9',
    disable_local_ca_jwt: true,
    kubernetes_ca_cert: '{ca}',
  }),
  post('auth/pods/login', { role: 'web', jwt: 'a.b.c' }, { token: '' }),
  post('auth/pods/role/web', {
    bound_service_account_names: ['web'],
    bound_service_account_namespaces: ['web'],
    token_policies: ['readers'],
  }),
  post('auth/pods/login', { role: 'web', jwt: 'nonsense' }, { token: '' }),
  post('auth/pods/login', { role: 'web' }, { token: '' }),
  post('auth/pods/login', { jwt: 'a.b.c' }, { token: '' }),
  post('auth/pods/login', {}, { token: '' }),
]

const endings: readonly VaultRequest[] = [
  remove('sys/policies/acl/readers'),
  remove('sys/auth/robots'),
  remove('sys/auth/pods'),
  remove('sys/mounts/one'),
  remove('sys/mounts/two'),
  get('two/data/b'),
]

/** All of them, in order: later ones rest on earlier ones. */
export const vaultRequests: readonly VaultRequest[] = [
  ...mounts,
  ...secondVersion,
  ...firstVersion,
  ...tokens,
  ...logins,
  ...endings,
]
