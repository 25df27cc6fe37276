import { field, Fault, isObject, stringOf, textOf } from '#base'
import type { SecretKeyRef, ServiceAccountRef } from './provider.ts'

/** A selector of one key of a Secret; undefined when there is none. */
export function secretKeyRef(value: unknown): SecretKeyRef | undefined {
  if (!isObject(value)) return undefined
  return { ...texts(value, ['name', 'key', 'namespace']) }
}

/** A selector of a ServiceAccount. @throws Fault InvalidSpec when it has no name. */
export function serviceAccountRef(value: unknown, at: string): ServiceAccountRef | undefined {
  if (!isObject(value)) return undefined
  const name = stringOf(value['name'])
  if (name === undefined) throw new Fault('InvalidSpec', 'a service account has no name', { at })
  const audiences = field(value, 'audiences')
  return {
    name,
    ...texts(value, ['namespace']),
    ...(Array.isArray(audiences)
      ? { audiences: audiences.filter((audience) => typeof audience === 'string') }
      : {}),
  }
}

function texts<Name extends string>(
  value: unknown,
  names: readonly Name[],
): Partial<Record<Name, string>> {
  const found: Partial<Record<Name, string>> = {}
  for (const name of names) {
    const text = stringOf(field(value, name))
    if (text !== undefined && text !== '') found[name] = text
  }
  return found
}

/**
 * A credential as text for a header or a login: without the blanks and line breaks that files end in.
 *
 * @throws Fault InvalidRef when nothing is left, or when it holds what no header can; it quotes nothing.
 */
export function credentialText(bytes: Uint8Array, at: string): string {
  const text = textOf(bytes).trim()
  if (/^[\x21-\x7e]+$/.test(text)) return text
  const why = text === '' ? 'is empty' : 'holds characters that no credential has'
  throw new Fault('InvalidRef', `the credential ${why}`, {
    at,
    hint: 'Was it encoded twice, or was another key meant?',
  })
}
