/**
 * Every command with its flags, once: `--help`, the parser, the overview and shell completion are all
 * made from this table. Data only, so that loading it costs nothing.
 */
import type { FlagSpec } from '../flags.ts'

/** What stands behind a command's name; completion offers it. */
export type Argument = 'kind' | 'name' | 'secret' | 'held' | 'shell' | 'rendered' | 'file'

/** One command as a user sees it. */
export interface CommandSpec {
  readonly name: string
  readonly group: 'commit' | 'run' | 'other'
  /** In the overview. */
  readonly summary: string
  readonly intro: string
  readonly usage: readonly string[]
  /** Command line and what it is for. */
  readonly examples: readonly (readonly [string, string])[]
  /** Absent: those of `seal`, which are kubeseal's and stand with it. */
  readonly flags?: ReadonlyMap<string, FlagSpec>
  readonly args: readonly Argument[]
  readonly exit: string
}

const text = (value: string, help: string, short?: string): FlagSpec =>
  short === undefined ? { kind: 'text', value, help } : { kind: 'text', value, help, short }
const on = (help: string, short?: string): FlagSpec =>
  short === undefined ? { kind: 'switch', help } : { kind: 'switch', help, short }

const help: readonly [string, FlagSpec] = ['help', on('show this', 'h')]
const cluster: readonly (readonly [string, FlagSpec])[] = [
  ['kubeconfig', text('FILE', 'kubeconfig to use (default: $KUBECONFIG, then ~/.kube/config)')],
  ['context', text('NAME', 'context of the kubeconfig to use')],
  help,
]
const namespace: readonly [string, FlagSpec] = [
  'namespace',
  text('NAME', "namespace to look at (default: the context's)", 'n'),
]
const json: readonly [string, FlagSpec] = ['output', text('FORMAT', 'json, for scripts', 'o')]

/** All of them, in the order in which help lists them. */
export const commandTable: readonly CommandSpec[] = [
  {
    name: 'status',
    group: 'commit',
    summary: 'show whether your secrets are there, and if not, why',
    intro: 'Show whether your secrets are there, and if not, why.',
    usage: ['lockstep status [KIND [NAME]] [flags]'],
    examples: [
      ['lockstep status', 'everything in the current namespace'],
      ['lockstep status -A', 'everything in the cluster'],
      ['lockstep status externalsecret db', 'one object'],
      ['lockstep status -A -o json', 'for scripts'],
    ],
    flags: new Map([
      namespace,
      ['all-namespaces', on('look at all namespaces', 'A')],
      ['output', text('FORMAT', 'wide, json or name', 'o')],
      ...cluster,
    ]),
    args: ['kind', 'name'],
    exit: '0 when everything is ready, 1 when something is not, 2 for misuse.',
  },
  {
    name: 'why',
    group: 'commit',
    summary: 'say in plain words why a Secret is not there or not fresh, and what would fix it',
    intro: `Say in plain words why a Secret is not there or not fresh, and the command that would fix it.
Follows the chain: Secret, ExternalSecret or SealedSecret, store, credentials; Kustomization, repository.`,
    usage: ['lockstep why [NAMESPACE/]NAME [flags]', 'lockstep why KIND [NAMESPACE/]NAME [flags]'],
    examples: [
      ['lockstep why web/db', 'the Secret db in the namespace web'],
      ['lockstep why db -n web', 'the same'],
      ['lockstep why secretstore web/vault', 'one object of the chain'],
    ],
    flags: new Map([namespace, json, ...cluster]),
    args: ['secret', 'name'],
    exit: '0 when nothing is wrong, 1 when something is, 2 for misuse.',
  },
  {
    name: 'trace',
    group: 'commit',
    summary: 'show where each key of a Secret came from: store, remote key, version, commit',
    intro: `Show where each key of a Secret came from: store, remote key, the backend's version, when, and
the commit that brought the manifest. Names and versions only; no value is ever read.`,
    usage: ['lockstep trace [NAMESPACE/]SECRET [flags]'],
    examples: [
      ['lockstep trace web/db', 'the Secret db in the namespace web'],
      ['lockstep trace db -n web -o json', 'for scripts'],
    ],
    flags: new Map([namespace, json, ...cluster]),
    args: ['secret'],
    exit: '0 done, 1 failed, 2 misused.',
  },
  {
    name: 'confirm',
    group: 'commit',
    summary: 'let go what is held back: many secrets absent at once, a large prune',
    intro: `Confirm that a deletion is meant which Lockstep holds back: most of a store absent at once, or a
prune that would take much with it. Shows what would go, and asks. The answer is good for exactly
what is shown, and for nothing that happens later.`,
    usage: ['lockstep confirm KIND/NAME [flags]', 'lockstep confirm KIND NAME [flags]'],
    examples: [
      ['lockstep confirm secretstore/vault -n web', 'what is held back for being absent there'],
      ['lockstep confirm clustersecretstore/vault', 'the same, in all namespaces'],
      ['lockstep confirm externalsecret/db -n web', 'one object alone'],
      ['lockstep confirm kustomization/apps -n flux-system', 'a prune that is held back'],
    ],
    flags: new Map([namespace, ['yes', on('do not ask', 'y')], json, ...cluster]),
    args: ['held', 'name'],
    exit: '0 confirmed or nothing held back, 1 failed or declined, 2 misused.',
  },
  {
    name: 'seal',
    group: 'commit',
    summary: 'encrypt a Secret for one cluster, safe to commit (as kubeseal)',
    intro: '',
    usage: [],
    examples: [],
    args: [],
    exit: '',
  },
  {
    name: 'render',
    group: 'commit',
    summary: 'try a template before it is committed, without a cluster',
    intro: `Try a template over data of yours, without a cluster or a backend. FILE is a template, or a
manifest that holds templates: an ExternalSecret, a SealedSecret; - is standard input. A value in
--data can be seen by everybody who lists processes: for real ones take --data-file, @file or -.`,
    usage: ['lockstep render template FILE [--data KEY=VALUE]… [--data-file FILE]… [flags]'],
    examples: [
      ['lockstep render template url.tmpl --data host=db --data port=5432', 'a template alone'],
      ['lockstep render template db.yaml --data-file values.yaml', 'all of an ExternalSecret'],
      ['lockstep render template db.yaml --data-file .env -o yaml', 'the Secret it makes'],
      ['pass db | lockstep render template db.yaml --data password=- -k url', 'one key alone'],
    ],
    flags: new Map([
      [
        'data',
        {
          kind: 'texts',
          value: 'KEY=VALUE',
          help: 'one value; KEY=@FILE: from a file, KEY=-: from standard input',
          short: 'd',
        },
      ],
      [
        'data-file',
        {
          kind: 'texts',
          value: 'FILE',
          help: 'values: a map in YAML or JSON, a Secret, lines of KEY=value',
          short: 'f',
        },
      ],
      [
        'engine',
        text('NAME', "whose functions: eso or sealed (default: the manifest's, else eso)"),
      ],
      ['key', text('NAME', "of a manifest: only this key's value", 'k')],
      ['output', text('FORMAT', 'of a manifest: the Secret, as yaml or json', 'o')],
      help,
    ]),
    args: ['rendered', 'file'],
    exit: '0 rendered, 1 a template or the data is wrong, 2 misused.',
  },
  {
    name: 'run',
    group: 'run',
    summary: 'run the operator',
    intro: 'Run the operator until SIGTERM.',
    usage: ['lockstep run [flags]'],
    examples: [
      ['lockstep run', 'all controllers, against the current context'],
      ['lockstep run --controllers=secrets', 'only ExternalSecrets and their stores'],
    ],
    flags: new Map([
      ['controllers', text('LIST', 'of secrets, unsealer, git (default: all)')],
      [
        'kubeconfig',
        text('FILE', "default: $KUBECONFIG, ~/.kube/config, then the Pod's own identity"),
      ],
      ['context', text('NAME', 'context of the kubeconfig')],
      [
        'namespace',
        text(
          'NAME',
          "the operator's own namespace: lease and sealing keys (default: the Pod's, else lockstep-system)",
        ),
      ],
      [
        'watch-namespace',
        text('NAME', 'act on objects of this namespace only, without ClusterSecretStores'),
      ],
      [
        'health-port',
        text(
          'PORT',
          '/metrics, /healthz, /readyz (default 8080; auto: a free one, told in the log; 0: off)',
        ),
      ],
      ['seal-port', text('PORT', '/v1/cert.pem (default 8081; auto: a free one; 0: off)')],
      ['leader-elect', text('false', 'with false: run without a lease; for a single replica only')],
      ['controller-class', text('NAME', 'act only on stores of this class (default: default)')],
      ['sealing-key-namespace', text('NAME', 'where sealing keys live (default: --namespace)')],
      ['default-service-account', text('NAME', 'impersonated by Git syncs that name none')],
      [
        'require-service-account',
        text(
          'false',
          'with false: Git syncs that name no account act with our own rights, as in Flux',
        ),
      ],
      [
        'allow-cross-namespace-refs',
        on('let Git syncs name sources and dependencies of other namespaces'),
      ],
      [
        'strict-substitution',
        text(
          'false',
          'with false: a postBuild variable that nobody sets is empty, as in Flux before 1.9',
        ),
      ],
      [
        'drift',
        text(
          'HOW',
          'watch: see drift of what Git brought within seconds; interval: when it is over',
        ),
      ],
      [
        'aws-endpoint',
        text('URL', 'in place of AWS Secrets Manager (default: $AWS_SECRETSMANAGER_ENDPOINT)'),
      ],
      ['git-folder', text('DIR', 'for Git mirrors (default: a private temporary folder)')],
      [
        'allow-local-endpoints',
        on('let namespaced stores reach loopback and link-local addresses'),
      ],
      ['log-level', text('LEVEL', 'debug, info, warn, error (default info)')],
      help,
    ]),
    args: [],
    exit: '0 after SIGTERM, 1 failed, 2 misused.',
  },
  {
    name: 'demo',
    group: 'run',
    summary: 'see it all work here, without a cluster',
    intro: `See it all work on this machine: an API server, a Vault and a Git server in memory, the
operator, and a story played on them. Nothing is kept.`,
    usage: ['lockstep demo [flags]'],
    examples: [
      ['lockstep demo', 'play, then stay up to look around'],
      ['lockstep demo --once', 'play, then exit'],
      [
        'lockstep demo --repo https://host/you/repo.git --branch main --path ./deploy',
        'the same loop on a repository of yours',
      ],
    ],
    flags: new Map([
      ['once', on('exit after the last step (also without a terminal)')],
      ['repo', text('URL', "sync this repository in place of the story's (http or https)")],
      ['branch', text('NAME', 'branch of it (default main)')],
      ['path', text('PATH', 'folder in it (default ./)')],
      ['log', on("show the operator's log")],
      help,
    ]),
    args: [],
    exit: '0 when every step went well, 1 when one failed or took too long.',
  },
  {
    name: 'completion',
    group: 'other',
    summary: 'print what makes your shell complete commands, flags and names',
    intro: 'Print what makes your shell complete commands, flags, kinds and names.',
    usage: ['lockstep completion bash|zsh|fish'],
    examples: [
      ['source <(lockstep completion bash)', 'this shell; put it into ~/.bashrc for all'],
      ['lockstep completion zsh > "${fpath[1]}/_lockstep"', 'zsh, for good'],
      ['lockstep completion fish > ~/.config/fish/completions/lockstep.fish', 'fish, for good'],
    ],
    flags: new Map([help]),
    args: ['shell'],
    exit: '0 done, 2 misused.',
  },
  {
    name: 'version',
    group: 'other',
    summary: 'print the version',
    intro: 'Print the version.',
    usage: ['lockstep version [-o json]'],
    examples: [],
    flags: new Map([json, help]),
    args: [],
    exit: '0 done.',
  },
]

/** The command of that name. */
export function commandSpec(name: string): CommandSpec | undefined {
  return commandTable.find((command) => command.name === name)
}
