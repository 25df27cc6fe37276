import { stringifyJson } from '#base'
import type { Answer } from '../http/exchange.ts'
import type { PlannedAnswer } from './plan.ts'

/** The Status that a planned refusal is. */
export function plannedStatus({
  code,
  reason,
  message,
  details,
  retryAfter,
}: PlannedAnswer): object {
  const about = retryAfter === undefined ? details : { ...details, retryAfterSeconds: retryAfter }
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    ...(message === undefined ? {} : { message }),
    ...(reason === undefined ? {} : { reason }),
    ...(about === undefined ? {} : { details: about }),
    code,
  }
}

/** The answer that stands in the server's place. */
export function plannedAnswer(planned: PlannedAnswer): Answer {
  const { code, html, retryAfter } = planned
  const wait: Record<string, string> =
    retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }
  if (html !== undefined) {
    return { status: code, headers: { 'content-type': 'text/html', ...wait }, body: html }
  }
  return {
    status: code,
    headers: { 'content-type': 'application/json', ...wait },
    body: `${stringifyJson(plannedStatus(planned))}\n`,
  }
}
