import { parseArgs } from 'node:util'
import { Fault, type Env, type Listener } from '#base'
import { jsonLog, type LogLevel } from '#base/env'
import { failure, helpOf, misuse, type CliCommand, type CliIo } from '#cli'
import { createClient, type ServerAccess } from '#kube'
import type { ProviderSettings } from '#providers'
import { createFence, createMetrics, runWithLease, serveHealth, type Metrics } from '#runtime'
import { serverAccess } from './connect.ts'
import { controllerSets, createOperator, type ControllerSet, type Operator } from './operator.ts'

/** `lockstep run`. */
export const run: CliCommand = async (argv, io, signal) => {
  let flags: RunFlags
  try {
    flags = flagsOf(argv)
  } catch (error) {
    return misuse(io, 'run', error instanceof Error ? error.message : 'unknown flag')
  }
  if (flags.help) {
    io.stdout(helpOf('run'))
    return 0
  }
  try {
    await operate(flags, io, signal)
    return 0
  } catch (thrown) {
    if (signal.aborted) return 0
    return failure(io, thrown)
  }
}

interface RunFlags {
  readonly help: boolean
  readonly controllers: ReadonlySet<ControllerSet>
  readonly kubeconfig?: string
  readonly context?: string
  readonly namespace?: string
  readonly watchNamespace?: string
  /** Undefined: switched off. 0: any free one. */
  readonly healthPort: number | undefined
  readonly sealPort: number | undefined
  readonly leaderElect: boolean
  readonly controllerClass?: string
  readonly sealingKeyNamespace?: string
  readonly defaultServiceAccount?: string
  readonly requireServiceAccount: boolean
  readonly allowCrossNamespace: boolean
  readonly strictSubstitution: boolean
  readonly drift?: Drift
  readonly awsEndpoint?: string
  readonly gitFolder?: string
  readonly allowLocalEndpoints: boolean
  readonly logLevel: LogLevel
}

type Drift = 'watch' | 'interval'
const drifts: readonly Drift[] = ['watch', 'interval']

function flagsOf(argv: readonly string[]): RunFlags {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      help: { type: 'boolean', short: 'h', default: false },
      controllers: { type: 'string', default: controllerSets.join(',') },
      kubeconfig: { type: 'string' },
      context: { type: 'string' },
      namespace: { type: 'string' },
      'watch-namespace': { type: 'string' },
      'health-port': { type: 'string', default: '8080' },
      'seal-port': { type: 'string', default: '8081' },
      'leader-elect': { type: 'string', default: 'true' },
      'controller-class': { type: 'string' },
      'sealing-key-namespace': { type: 'string' },
      'default-service-account': { type: 'string' },
      'require-service-account': { type: 'string', default: 'true' },
      'allow-cross-namespace-refs': { type: 'boolean', default: false },
      'strict-substitution': { type: 'string', default: 'true' },
      drift: { type: 'string' },
      'aws-endpoint': { type: 'string' },
      'git-folder': { type: 'string' },
      'allow-local-endpoints': { type: 'boolean', default: false },
      'log-level': { type: 'string', default: 'info' },
    },
  })
  return {
    help: values.help,
    controllers: setsOf(values.controllers),
    healthPort: portOf('health-port', values['health-port']),
    sealPort: portOf('seal-port', values['seal-port']),
    leaderElect: yesOrNo('leader-elect', values['leader-elect']),
    requireServiceAccount: yesOrNo('require-service-account', values['require-service-account']),
    allowCrossNamespace: values['allow-cross-namespace-refs'],
    strictSubstitution: yesOrNo('strict-substitution', values['strict-substitution']),
    ...(values.drift === undefined ? {} : { drift: oneOf('drift', values.drift, drifts) }),
    allowLocalEndpoints: values['allow-local-endpoints'],
    logLevel: oneOf('log-level', values['log-level'], ['debug', 'info', 'warn', 'error']),
    ...given('kubeconfig', values.kubeconfig),
    ...given('context', values.context),
    ...given('namespace', values.namespace),
    ...given('watchNamespace', values['watch-namespace']),
    ...given('controllerClass', values['controller-class']),
    ...given('sealingKeyNamespace', values['sealing-key-namespace']),
    ...given('defaultServiceAccount', values['default-service-account']),
    ...given('awsEndpoint', values['aws-endpoint']),
    ...given('gitFolder', values['git-folder']),
  }
}

function given<K extends string>(
  key: K,
  value: string | undefined,
): { readonly [k in K]?: string } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [k in K]?: string })
}

function setsOf(list: string): ReadonlySet<ControllerSet> {
  return new Set(list.split(',').map((name) => oneOf('controllers', name.trim(), controllerSets)))
}

function oneOf<T extends string>(flag: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((entry) => entry === value)
  if (found === undefined) {
    throw new Fault('InvalidSpec', `--${flag}: ${value} is none of ${allowed.join(', ')}`)
  }
  return found
}

function yesOrNo(flag: string, value: string): boolean {
  return oneOf(flag, value, ['true', 'false']) === 'true'
}

function portOf(flag: string, value: string): number | undefined {
  if (value === 'auto') return 0
  const port = Number(value)
  if (!/^\d+$/.test(value) || port > 65_535) {
    throw new Fault('InvalidSpec', `--${flag}: ${value} is neither a port nor auto`)
  }
  return port === 0 ? undefined : port
}

async function operate(flags: RunFlags, io: CliIo, signal: AbortSignal): Promise<void> {
  const env: Env = { ...io.env, log: jsonLog(flags.logLevel, (line) => io.stderr(line)) }
  const server = await serverAccess(io, flags)
  const metrics = await createMetrics()
  const client = createClient({ env, server, onCall: (seen) => metrics.apiCall(seen) })
  const namespace = flags.namespace ?? ownNamespace(io, server)
  // Only where Git is worked with: the others run on a file system that nobody can write to.
  const ownFolder =
    flags.gitFolder === undefined && flags.controllers.has('git')
      ? await env.fs.makeTempFolder('lockstep-git-')
      : undefined
  const gitFolder = flags.gitFolder ?? ownFolder ?? ''
  const providers = providerSettings(flags, io)
  const fence = createFence()
  const operator = createOperator({
    ...flags,
    env,
    client: flags.leaderElect ? client.behind(fence.check) : client,
    metrics,
    namespace,
    gitFolder,
    providers,
  })
  const listeners: Listener[] = []
  try {
    const ports = await listen(listeners, env, flags, operator, metrics)
    env.log.info('started', { controllers: [...flags.controllers], namespace, ...ports })
    if (flags.leaderElect) {
      const name = `lockstep-${[...flags.controllers].join('-')}`
      const identity = `${io.variables['POD_NAME'] ?? io.variables['HOSTNAME'] ?? 'lockstep'}_${env.entropy.uuid()}`
      await runWithLease(
        {
          env,
          client,
          namespace,
          name,
          identity,
          fence,
          onLead: (leading) => operator.run(leading),
        },
        signal,
      )
    } else {
      await operator.run(signal)
    }
  } finally {
    await Promise.all(listeners.map((listener) => listener.close(1_000)))
    if (ownFolder !== undefined) await env.fs.remove(ownFolder)
    await client.close()
    env.log.info('stopped')
  }
}

// The variable is ESO's, so that what is set for it goes on; a flag says it where it is seen.
function providerSettings(flags: RunFlags, io: CliIo): ProviderSettings {
  const awsEndpoint = flags.awsEndpoint ?? io.variables['AWS_SECRETSMANAGER_ENDPOINT']
  if (awsEndpoint === undefined || awsEndpoint === '') return {}
  const isHttp = /^https?:$/.test(URL.parse(awsEndpoint)?.protocol ?? '')
  if (isHttp) return { awsEndpoint }
  throw new Fault('InvalidSpec', 'the endpoint in place of AWS is no http or https address', {
    hint: 'see --aws-endpoint and AWS_SECRETSMANAGER_ENDPOINT',
  })
}

// A Pod's configuration names the Pod's namespace; a person's kubeconfig names where that person works.
function ownNamespace(io: CliIo, server: ServerAccess): string {
  const inPod = io.variables['KUBERNETES_SERVICE_HOST'] !== undefined
  return (
    io.variables['POD_NAMESPACE'] ?? (inPod ? server.namespace : undefined) ?? 'lockstep-system'
  )
}

// Into `listeners`, so that what is open is closed also when a later port is taken.
async function listen(
  listeners: Listener[],
  env: Env,
  flags: RunFlags,
  operator: Operator,
  metrics: Metrics,
): Promise<Ports> {
  const opened = async (listening: Promise<Listener>): Promise<number> => {
    const listener = await listening
    listeners.push(listener)
    return listener.port
  }
  const ports: { healthPort?: number; sealPort?: number } = {}
  if (flags.healthPort !== undefined) {
    const ready = (): readonly string[] => operator.pending()
    const health = serveHealth({ env, port: flags.healthPort, metrics, ready })
    ports.healthPort = await opened(health)
  }
  if (flags.sealPort !== undefined && operator.sealing !== undefined) {
    const where = { host: '0.0.0.0', port: flags.sealPort }
    ports.sealPort = await opened(env.net.listen(operator.sealing, where))
  }
  return ports
}

/** The ports that are listened on; none for what is switched off. */
interface Ports {
  readonly healthPort?: number
  readonly sealPort?: number
}
