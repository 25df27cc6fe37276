import { field, Fault, fromBase64, stringOf, textOf } from '#base'
import type { CaProvider, ClusterReader } from './provider.ts'

/**
 * PEM certificates to trust, of a store's `caBundle` (base64) or `caProvider`; neither: undefined.
 *
 * @param at Where the two stand: `spec.provider.vault`.
 * @throws Fault InvalidSpec, InvalidRef.
 */
export async function trustedCertificates(
  config: unknown,
  at: string,
  cluster: ClusterReader,
  signal: AbortSignal,
): Promise<string | undefined> {
  const bundle = stringOf(field(config, 'caBundle'))
  if (bundle !== undefined && bundle !== '') return bundleText(bundle, `${at}.caBundle`)
  const provider = parseCaProvider(field(config, 'caProvider'), `${at}.caProvider`)
  if (provider === undefined) return undefined
  const { type, name, key = '', namespace } = provider
  const text =
    type === 'Secret'
      ? textOf(await cluster.secretKey(provider, signal))
      : configMapText(
          await cluster.configMap(
            { name, ...(namespace === undefined ? {} : { namespace }) },
            signal,
          ),
          key,
        )
  if (text !== undefined && text.includes('-----BEGIN CERTIFICATE-----')) return text
  throw new Fault(
    'InvalidRef',
    text === undefined
      ? `${type} "${name}" or its key "${key}" does not exist`
      : `key "${key}" of ${type} "${name}" holds no PEM certificate`,
    { at: `${at}.caProvider` },
  )
}

function bundleText(bundle: string, at: string): string {
  const bytes = fromBase64(bundle)
  const text = bytes === undefined ? bundle : textOf(bytes)
  if (text.includes('-----BEGIN CERTIFICATE-----')) return text
  throw new Fault('InvalidSpec', 'caBundle holds no PEM certificate', {
    at,
    hint: 'It is base64 of one or more PEM certificates.',
  })
}

function parseCaProvider(value: unknown, at: string): CaProvider | undefined {
  if (value === undefined || value === null) return undefined
  const type = field(value, 'type')
  const name = stringOf(field(value, 'name'))
  if ((type !== 'Secret' && type !== 'ConfigMap') || name === undefined) {
    throw new Fault('InvalidSpec', 'caProvider needs a type (Secret, ConfigMap) and a name', { at })
  }
  const key = stringOf(field(value, 'key'))
  const namespace = stringOf(field(value, 'namespace'))
  return {
    type,
    name,
    ...(key === undefined ? {} : { key }),
    ...(namespace === undefined ? {} : { namespace }),
  }
}

function configMapText(
  configMap: { readonly data?: Readonly<Record<string, string>> } | null,
  key: string,
): string | undefined {
  return stringOf(field(configMap?.data, key))
}
