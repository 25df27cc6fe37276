/**
 * How the operator says that it waits for a person, and how a person answers: the words are written by
 * controllers and read by `lockstep confirm`, so they stand here, once.
 */
import type { ObjectKey } from './object.ts'

/**
 * On an ExternalSecret: lets it lose what its condition says is held back. Its value names the store's
 * uid and the absence, so that it never answers another question.
 */
export const confirmAbsence = 'lockstep.dev/confirm-absence'

/** On a Kustomization: its value, the revision, lets one prune happen that the guard holds back. */
export const confirmPrune = 'lockstep.dev/confirm-prune'

/** A store as a person names it. */
export interface NamedStore extends ObjectKey {
  readonly kind: 'SecretStore' | 'ClusterSecretStore'
}

/** A deletion that waits for a person. */
export interface HeldAbsence {
  readonly store: NamedStore
  /** `uid/digest`: what {@link confirmAbsence} has to say. */
  readonly answer: string
}

/** The condition's message of an ExternalSecret whose target is kept until a person confirms. */
export function heldMessage({ store, answer }: HeldAbsence): string {
  return `deletion held back: most of what ${store.kind} "${store.name}" is asked for is absent at once; if that is meant: ${confirmCommand(store)} (absence ${answer})`
}

/** The command line that confirms. */
export function confirmCommand({ kind, namespace, name }: NamedStore): string {
  const where = namespace === undefined ? '' : ` -n ${namespace}`
  return `lockstep confirm ${kind.toLowerCase()}/${name}${where}`
}

const heldPattern =
  /^deletion held back: most of what (SecretStore|ClusterSecretStore) "([^"]+)" is asked for .* \(absence ([0-9a-f-]+\/[0-9a-f]+)\)$/

/**
 * What a message made by {@link heldMessage} says; undefined for any other.
 *
 * @param namespace Of the ExternalSecret whose condition it is.
 */
export function parseHeld(message: string, namespace: string): HeldAbsence | undefined {
  const found = heldPattern.exec(message)
  if (found === null) return undefined
  const [, kind, name = '', answer = ''] = found
  return kind === 'ClusterSecretStore'
    ? { store: { kind, name }, answer }
    : { store: { kind: 'SecretStore', namespace, name }, answer }
}
