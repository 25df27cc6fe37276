/** When an ExternalSecret that is well was read last, and when it is read next. */
import type { ExternalSecret } from '#api'
import { parseTime } from '#base'
import { targetNameOf, textOf } from '../chain/chain.ts'
import { ageText } from '../table.ts'
import type { Finding } from './finding.ts'

const hourMs = 3_600_000

/** A finding for an object whose Ready is True: fresh, not yet due, or rightly without a Secret. */
export function freshness(es: ExternalSecret, isPresent: boolean, nowMs: number): Finding {
  const { namespace = '', name } = es.metadata
  const ready = es.status?.conditions?.find(({ type }) => type === 'Ready')
  const about = textOf(es)
  const force = `kubectl -n ${namespace} annotate externalsecret ${name} force-sync="$(date +%s)" --overwrite`
  if (!isPresent) return whyAbsent(es, ready?.reason ?? '', about, force)
  if (isGenerated(es)) return generated(es, about)
  const policy = es.spec?.refreshPolicy ?? 'Periodic'
  const interval = intervalMs(es.spec?.refreshInterval ?? '1h')
  if (policy !== 'Periodic' || interval === 0) {
    const when = policy === 'OnChange' ? 'when this object changes' : 'never again by itself'
    const what = `Its Secret holds what was read. By its refresh policy it is read anew ${when}.`
    return { about, reason: 'NotReadAgain', what, fix: [force], isWell: true }
  }
  return {
    about,
    reason: 'UpToDate',
    what: upToDate(es, interval, nowMs),
    fix: [force],
    isWell: true,
  }
}

/** Whether an entry has its values made by a generator. */
function isGenerated({ spec }: ExternalSecret): boolean {
  return (spec?.dataFrom ?? []).some(
    ({ find, extract, sourceRef }) =>
      find === undefined && extract === undefined && sourceRef?.generatorRef !== undefined,
  )
}

/** Nothing here is out of date, and to read again is to replace: no command is offered for that. */
function generated(es: ExternalSecret, about: string): Finding {
  const { refreshPolicy = 'Periodic', refreshInterval = '1h' } = es.spec ?? {}
  const isOnce = refreshPolicy === 'CreatedOnce' || intervalMs(refreshInterval) === 0
  const again = isOnce
    ? 'never again while its Secret is there'
    : refreshPolicy === 'OnChange'
      ? 'when this object, one of its labels or annotations changes'
      : `every ${refreshInterval}, and when this object, one of its labels or annotations changes`
  const what = `Nothing is wrong. Its values are made by a generator, and made anew ${again}.`
  return { about, reason: isOnce ? 'MadeOnce' : 'MadeAnew', what, fix: [], isWell: true }
}

function upToDate(es: ExternalSecret, interval: number | undefined, nowMs: number): string {
  const every = `It is read every ${es.spec?.refreshInterval ?? '1h'}`
  const readMs = parseTime(es.status?.refreshTime ?? undefined)
  if (interval === undefined || readMs === undefined) return `Nothing is wrong. ${every}.`
  // Status is written at most once an hour; a shorter interval says more than it does.
  if (interval < hourMs) {
    return `Nothing is wrong. ${every}, so a change of the value arrives within that time.`
  }
  const leftMs = readMs + interval - nowMs
  const next = leftMs <= 0 ? 'now' : `in ${ageText(leftMs)} at the latest`
  return `Nothing is wrong: the next read is not yet due. ${every}; it was read ${ageText(nowMs - readMs)} ago, and is read again ${next}.`
}

function whyAbsent(es: ExternalSecret, reason: string, about: string, force: string): Finding {
  const { namespace = '', name } = es.metadata
  const secret = `${namespace}/${targetNameOf(es)}`
  const edit = `kubectl -n ${namespace} edit externalsecret ${name}`
  if (reason === 'SecretDeleted') {
    const what = `The backend has none of its entries any more, and by deletionPolicy Delete the Secret ${secret} went with them. It comes back with the entries.`
    return { about, reason: 'DeletedAtProvider', what, fix: [force] }
  }
  if (reason === 'SecretMissing') {
    const what = `By creationPolicy Merge it writes into a Secret that is there, and ${secret} is not. Make that Secret, or choose creationPolicy Owner.`
    return { about, reason: 'NothingToMergeInto', what, fix: [edit] }
  }
  if (es.spec?.target?.creationPolicy === 'None') {
    const what = 'By creationPolicy None it makes no Secret.'
    return { about, reason: 'MakesNone', what, fix: [edit] }
  }
  const what = `The backend gives no value for it, and there is no Secret ${secret} yet, or it was deleted a moment ago.`
  return { about, reason: 'NoValues', what, fix: [force, edit] }
}

const unitsMs: Readonly<Record<string, number>> = {
  h: hourMs,
  m: 60_000,
  s: 1_000,
  ms: 1,
}

/** Milliseconds of a Go duration in the units people use; undefined: it is another. */
function intervalMs(text: string): number | undefined {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|h|m|s)/g)]
  if (parts.map(([part]) => part).join('') !== text) return text === '0' ? 0 : undefined
  return parts.reduce((sum, [, n = '0', unit = 's']) => sum + Number(n) * (unitsMs[unit] ?? 0), 0)
}
