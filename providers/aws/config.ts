import { at, field, Fault, isObject, stringOf, textOf } from '#base'
import type { AwsProvider } from '#api'
import { secretKeyRef, type ClusterReader } from '#provider'

/** What a store says, checked; without its credentials. */
export interface AwsConfig {
  readonly region: string
  /** Put in front of every key. */
  readonly prefix: string
}

/** Static keys, as IAM gives them out. */
export interface AwsKeys {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

const spec = 'spec.provider.aws'

/**
 * Reads `spec.provider.aws`.
 *
 * @throws Fault InvalidSpec; Unsupported for what is known and not built: other services, roles, web
 *   identity, and the operator's own credentials.
 */
export function awsConfig(config: unknown): AwsConfig {
  const service = stringOf(field(config, 'service')) ?? 'SecretsManager'
  if (service !== 'SecretsManager') {
    throw unsupported('service', `service ${known(service)} is not built into Lockstep yet`)
  }
  if (stringOf(field(config, 'role')) || hasItems(field(config, 'additionalRoles'))) {
    throw unsupported('role', 'roles are not built into Lockstep yet')
  }
  if (field(at(config, 'auth'), 'jwt') !== undefined) {
    throw unsupported('auth.jwt', 'web identity is not built into Lockstep yet')
  }
  checkDeletion(field(config, 'secretsManager'))
  return { region: regionOf(config), prefix: stringOf(field(config, 'prefix')) ?? '' }
}

/**
 * The keys that `auth.secretRef` names.
 *
 * @throws Fault Unsupported without one: credentials that happen to lie around the operator (its
 *   environment, files, instance role) are never used for a store.
 */
export async function awsKeys(
  config: unknown,
  cluster: ClusterReader,
  signal: AbortSignal,
): Promise<AwsKeys> {
  const auth = at(config, 'auth', 'secretRef')
  if (!isObject(auth)) {
    throw unsupported('auth', "the operator's own AWS credentials are not used for stores")
  }
  const read = async (name: RefName, wanted: boolean): Promise<string> => {
    const ref = secretKeyRef(field(auth, name))
    const where = `${spec}.auth.secretRef.${name}`
    if (ref === undefined && !wanted) return ''
    if (ref === undefined) {
      throw new Fault('InvalidSpec', `auth.secretRef lacks ${name}`, { at: where })
    }
    const text = textOf(await cluster.secretKey(ref, signal)).trim()
    // It goes into headers: what cannot stand there was never given out by AWS.
    if (/^[\u{21}-\u{7e}]+$/u.test(text)) return text
    throw new Fault('InvalidRef', 'the referenced value is no AWS credential', { at: where })
  }
  const accessKeyId = await read('accessKeyIDSecretRef', true)
  const secretAccessKey = await read('secretAccessKeySecretRef', true)
  const sessionToken = await read('sessionTokenSecretRef', false)
  return { accessKeyId, secretAccessKey, ...(sessionToken === '' ? {} : { sessionToken }) }
}

type RefName = keyof NonNullable<NonNullable<AwsProvider['auth']>['secretRef']>

function regionOf(config: unknown): string {
  const region = stringOf(field(config, 'region')) ?? ''
  // It becomes part of a host name.
  if (/^[a-z]{2}[a-z0-9-]{1,38}[a-z0-9]$/.test(region)) return region
  throw new Fault('InvalidSpec', 'region is no AWS region', {
    at: `${spec}.region`,
    hint: 'For example eu-central-1.',
  })
}

/** Only PushSecret would use them; the peer refuses such a store all the same, in these words. */
function checkDeletion(settings: unknown): void {
  const days = field(settings, 'recoveryWindowInDays')
  const windowDays = typeof days === 'number' ? days : 0
  const where = { at: `${spec}.secretsManager` }
  if (field(settings, 'forceDeleteWithoutRecovery') === true && windowDays > 0) {
    const why = 'ForceDeleteWithoutRecovery conflicts with RecoveryWindowInDays'
    throw new Fault('InvalidSpec', `invalid DeleteSecretInput: ${why}`, where)
  }
  if (windowDays !== 0 && (windowDays < 7 || windowDays > 30)) {
    const why = 'RecoveryWindowInDays must be between 7 and 30 days'
    throw new Fault('InvalidSpec', `invalid DeleteSecretInput: ${why}`, where)
  }
}

function unsupported(where: string, message: string): Fault {
  return new Fault('Unsupported', message, {
    at: `${spec}.${where}`,
    hint: 'Use service SecretsManager with static keys in auth.secretRef.',
  })
}

function known(service: string): string {
  return ['ParameterStore', 'CertificateManager'].includes(service) ? service : 'of this name'
}

function hasItems(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0
}
