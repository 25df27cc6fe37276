/** Why a SealedSecret is no Secret, by what its condition says. */
import type { SealedSecret } from '#api'
import { at, stringMapOf, stringOf } from '#base'
import { textOf } from '../chain/chain.ts'
import { firstSaid, type Finding, type Rule } from './finding.ts'

/** @param text The message of `Synced` and the cause. */
export function whySealedSecret(sealed: SealedSecret, text: string): Finding {
  if (/no key could decrypt/.test(text)) return whyNotOpened(sealed)
  const found = firstSaid(rules, text, sealed, textOf(sealed))
  if (found !== undefined) return found
  return { about: textOf(sealed), reason: 'Failing', what: text, fix: [resealed(sealed)] }
}

const wide = 'sealedsecrets.bitnami.com/cluster-wide'
const inNamespaceOnly = 'sealedsecrets.bitnami.com/namespace-wide'

/**
 * A value opens only under the name and scope it was sealed for, and only with the key it was sealed
 * to; from outside all of these look alike. Its template still bears the name it was sealed under.
 */
function whyNotOpened(sealed: SealedSecret): Finding {
  const { namespace, name, annotations = {} } = sealed.metadata
  const template = at(sealed, 'spec', 'template', 'metadata')
  const was = {
    namespace: stringOf(at(template, 'namespace')),
    name: stringOf(at(template, 'name')),
  }
  const isMoved =
    (was.namespace !== undefined && was.namespace !== namespace) ||
    (was.name !== undefined && was.name !== name)
  const fix = [resealed(sealed)]
  const about = textOf(sealed)
  if (isMoved) {
    const from = `${was.namespace ?? namespace ?? ''}/${was.name ?? name}`
    const what = `It was sealed for ${from} and stands as ${namespace ?? ''}/${name}; a sealed value opens only where it was sealed for. Seal it again for here, or put it back.`
    return { about, reason: 'SealedForAnotherName', what, fix }
  }
  const given = stringMapOf(at(template, 'annotations'))
  if (scopeOf(given) !== scopeOf(annotations)) {
    const what = `Its template says scope ${scopeOf(given)}, its own annotations say ${scopeOf(annotations)}; a sealed value opens only in the scope it was sealed for.`
    const scoped =
      scopeOf(given) === 'strict'
        ? `${wide}- ${inNamespaceOnly}-`
        : `sealedsecrets.bitnami.com/${scopeOf(given)}=true`
    const again = `kubectl -n ${namespace ?? ''} annotate --overwrite sealedsecret ${name} ${scoped}`
    return { about, reason: 'SealedForAnotherScope', what, fix: [again, ...fix] }
  }
  const what =
    'No sealing key of this cluster opens it: it was sealed for another cluster, to a key that is gone, or for another name or scope than it has now. Seal it again with this cluster’s certificate.'
  return {
    about,
    reason: 'UnknownSealingKey',
    what,
    fix: ['lockstep seal --fetch-cert -w cluster.pem', ...fix],
  }
}

function scopeOf(annotations: Readonly<Record<string, string>>): string {
  if (annotations[wide] === 'true') return 'cluster-wide'
  return annotations[inNamespaceOnly] === 'true' ? 'namespace-wide' : 'strict'
}

function resealed({ metadata: { namespace, name, annotations = {} } }: SealedSecret): string {
  return `lockstep seal -n ${namespace ?? ''} --name ${name} --scope ${scopeOf(annotations)} -o yaml < secret.yaml > sealed-secret.yaml`
}

const rules: readonly Rule<SealedSecret>[] = [
  {
    reason: 'TargetUnmanaged',
    matches: /already exists and is not managed by SealedSecret/,
    say: (_found, { metadata: { namespace, name } }) => ({
      what: `There is a Secret ${namespace ?? ''}/${name} that somebody else made, and it is left alone. To hand it over, mark it; what it holds is then replaced.`,
      fix: [
        `kubectl -n ${namespace ?? ''} annotate secret ${name} sealedsecrets.bitnami.com/managed=true`,
      ],
    }),
  },
  {
    reason: 'TargetImmutable',
    matches: /immutable/,
    say: (_found, { metadata: { namespace, name } }) => ({
      what: 'The Secret is immutable, so it cannot follow. Delete it to have it made anew.',
      fix: [`kubectl -n ${namespace ?? ''} delete secret ${name}`],
    }),
  },
  {
    reason: 'ForbiddenTarget',
    matches: /is not allowed/,
    say: (found, { metadata: { namespace, name } }) => ({
      what: `${found.input.split('\n')[0] ?? ''}: such Secrets hand out rights in the cluster.`,
      fix: [`kubectl -n ${namespace ?? ''} edit sealedsecret ${name}`],
    }),
  },
  {
    reason: 'SealedValueDamaged',
    matches: /illegal base64|does not decode|authenticat|too short|is no text|no map of sealed/,
    say: (_found, sealed) => ({
      what: 'A sealed value is damaged: it was cut or changed after it was sealed. The Secret stays as it was.',
      fix: [resealed(sealed)],
    }),
  },
  {
    reason: 'TemplateError',
    matches: /template/i,
    say: (found, { metadata: { namespace, name } }) => ({
      what: `Its template cannot be rendered: ${found.input.split('\n')[0] ?? ''}`,
      fix: [`kubectl -n ${namespace ?? ''} edit sealedsecret ${name}`],
    }),
  },
]
