import { parseScope, type Scope } from '#seal'
import { FlagError, flagHelp, parseFlags, type FlagSpec, type FlagValues } from '../flags.ts'

const text = (value: string, help: string, short?: string): FlagSpec =>
  short === undefined ? { kind: 'text', value, help } : { kind: 'text', value, help, short }
const on = (help: string): FlagSpec => ({ kind: 'switch', help })
const unused = (kind: FlagSpec['kind']): FlagSpec => ({ kind, help: '', hidden: true })

/** kubeseal's flags; those of its logging library are taken and do nothing. */
export const sealFlags: ReadonlyMap<string, FlagSpec> = new Map<string, FlagSpec>([
  ['cert', text('FILE|URL', 'certificate to seal with; no cluster is asked')],
  ['scope', text('SCOPE', 'strict (default), namespace-wide or cluster-wide')],
  ['namespace', text('NAME', 'namespace of the Secret, where the input names none', 'n')],
  [
    'name',
    text('NAME', 'name of the Secret; needed with --raw, else replaces the name of the input'),
  ],
  ['secret-file', text('FILE', 'read from a file instead of standard input', 'f')],
  ['sealed-secret-file', text('FILE', 'write to a file, whole or not at all', 'w')],
  ['format', text('FORMAT', 'json (default) or yaml; a .yaml file is always YAML', 'o')],
  ['allow-empty-data', on('seal a Secret without any data')],
  ['raw', on('seal one value and print it alone')],
  ['from-file', { kind: 'list', value: 'FILE', help: 'with --raw: read the value from a file' }],
  ['merge-into', text('FILE', 'seal the input and put its values into this SealedSecret')],
  ['fetch-cert', on('print the certificate of the cluster')],
  ['validate', on('ask the cluster whether it can open the input')],
  ['re-encrypt', on('have the cluster seal the input anew, to its newest key')],
  ['rotate', { kind: 'switch', help: '', hidden: true }],
  ['recovery-unseal', on('open the input with private keys at hand, without a cluster')],
  [
    'recovery-private-key',
    {
      kind: 'list',
      value: 'FILE',
      help: 'private key, key Secret or List of them, for --recovery-unseal',
    },
  ],
  [
    'controller-name',
    text('NAME', 'Service of the controller (default sealed-secrets-controller)'),
  ],
  ['controller-namespace', text('NAME', 'its namespace (default kube-system)')],
  ['kubeconfig', text('FILE', 'kubeconfig to use (default: $KUBECONFIG, then ~/.kube/config)')],
  ['context', text('NAME', 'context of the kubeconfig')],
  ['help', { kind: 'switch', help: 'show this', short: 'h' }],
  ['version', on('print the version')],
  ...['cluster', 'user', 'server', 'token', 'as', 'as-uid', 'username', 'password', 's'].map(
    (name) => [name, unused('text')] as const,
  ),
  ...['client-certificate', 'client-key', 'certificate-authority', 'tls-server-name'].map(
    (name) => [name, unused('text')] as const,
  ),
  ...['proxy-url', 'request-timeout', 'log_dir', 'log_file', 'log_file_max_size'].map(
    (name) => [name, unused('text')] as const,
  ),
  ...['log_backtrace_at', 'stderrthreshold', 'vmodule'].map(
    (name) => [name, unused('text')] as const,
  ),
  ['v', { kind: 'text', help: '', short: 'v', hidden: true }],
  ['as-group', unused('list')],
  ...['insecure-skip-tls-verify', 'disable-compression', 'logtostderr', 'alsologtostderr'].map(
    (name) => [name, unused('switch')] as const,
  ),
  ...['add_dir_header', 'skip_headers', 'skip_log_headers', 'one_output'].map(
    (name) => [name, unused('switch')] as const,
  ),
])

/** What the command line asks for. */
export interface SealOptions {
  readonly flags: FlagValues
  readonly scope: Scope
  readonly format: 'json' | 'yaml'
  readonly controller: { readonly namespace: string; readonly name: string }
}

/**
 * Reads flags and their twins in the environment, `SEALED_SECRETS_` and the name in capitals.
 *
 * @throws FlagError in pflag's words.
 */
export function sealOptions(
  argv: readonly string[],
  variables: Readonly<Record<string, string | undefined>>,
): SealOptions {
  const flags = parseFlags(sealFlags, argv, (name) => {
    const variable = `SEALED_SECRETS_${name.toUpperCase().replaceAll('-', '_')}`
    return Object.hasOwn(variables, variable) ? variables[variable] : undefined
  })
  return {
    flags,
    scope: scopeFlag(flags.text('scope') ?? 'strict'),
    format: formatOf(flags),
    controller: {
      name: flags.text('controller-name') ?? 'sealed-secrets-controller',
      namespace: flags.text('controller-namespace') ?? 'kube-system',
    },
  }
}

function scopeFlag(given: string): Scope {
  try {
    return parseScope(given)
  } catch {
    throw new FlagError(
      `invalid argument "${given}" for "--scope" flag: must be one of: strict, namespace-wide, cluster-wide`,
    )
  }
}

/** A target that is called YAML gets YAML. @throws FlagError */
function formatOf(flags: FlagValues): 'json' | 'yaml' {
  const target = flags.text('sealed-secret-file') ?? ''
  if (/\.ya?ml$/.test(target)) return 'yaml'
  const format = (flags.text('format') ?? 'json').toLowerCase()
  if (format === 'json' || format === 'yaml' || format === '') {
    return format === 'yaml' ? 'yaml' : 'json'
  }
  throw new FlagError(`unsupported output format: ${format}`)
}

/** What `lockstep seal --help` prints. */
export function sealHelp(): string {
  return `Seal a Secret for one cluster: what comes out is safe to commit. Takes kubeseal's flags.

Usage of lockstep seal:
  lockstep seal [flags] < secret.yaml > sealed-secret.yaml

Examples:
  lockstep seal --fetch-cert -w cluster.pem
  kubectl create secret generic db -n team --from-literal=password=… --dry-run=client -o yaml \\
    | lockstep seal --cert cluster.pem -o yaml -w db.sealed.yaml
  printf '%s' "$PASSWORD" | lockstep seal --raw --cert cluster.pem -n team --name db
  lockstep seal --cert cluster.pem --merge-into db.sealed.yaml -o yaml < more.yaml
  lockstep seal --recovery-unseal --recovery-private-key backup.yaml < db.sealed.yaml

Flags:
${flagHelp(sealFlags)}
Each flag may also come from the environment: SEALED_SECRETS_CERT, SEALED_SECRETS_SCOPE …
Exit status: 0 done, 1 failed, 2 misused. A file that exists is left as it was on failure.
`
}
