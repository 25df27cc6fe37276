/**
 * What may go wrong at the API server, as values. A plan says what befalls a call and each event of a
 * watch; everything random about it comes from the Env, so the same seed misbehaves the same way.
 */
import type { Random } from '#base'
import type { Exchange } from '../http/exchange.ts'
import type { StatusDetails } from '../errors.ts'

/** A call as a plan sees it, before it is served. */
export interface CallSeen {
  /** As RBAC names it: get, list, watch, create, update, patch, delete, deletecollection; else the method in lower case. */
  readonly verb: string
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  /** Lower-case names. */
  readonly headers: ReadonlyMap<string, string>
  /** Of a path that is about a kind; else all empty. */
  readonly group: string
  readonly plural: string
  readonly namespace: string
  readonly name: string
  readonly subresource: string
}

/** An event of an open watch, before it is sent. */
export interface EventSeen {
  /** ADDED, MODIFIED, DELETED, BOOKMARK or ERROR. */
  readonly type: string
  readonly namespace: string
  readonly name: string
  readonly resourceVersion: string
  /** How many events this watch was asked about before. */
  readonly index: number
}

/** An answer in the server's place: a Status, unless it is `html`. */
export interface PlannedAnswer {
  readonly code: number
  readonly reason?: string
  readonly message?: string
  readonly details?: StatusDetails
  /** Seconds, sent as Retry-After. */
  readonly retryAfter?: number
  /** What a proxy on the way says instead of a Status. */
  readonly html?: string
}

/** Where bytes break: after so many, in the middle, or inside the first character of several bytes. */
export type Break = number | 'half' | 'character'

/** What befalls a call. */
export type CallFault =
  /** It is served `ms` late; `done`: it is served at once, and its answer is late. */
  | { readonly kind: 'delay'; readonly ms: number; readonly done?: boolean }
  /** Nothing is done, and this is said; `done`: it is done, and this is said all the same. */
  | { readonly kind: 'answer'; readonly answer: PlannedAnswer; readonly done?: boolean }
  /** The connection breaks before anything is done. */
  | { readonly kind: 'reset' }
  /** It is done; the connection breaks before anything is said. */
  | { readonly kind: 'loseReply' }
  /** Nothing is done and nothing is said until the caller hangs up. */
  | { readonly kind: 'hang' }
  /** It is done; the connection breaks inside the answer. */
  | { readonly kind: 'cut'; readonly at: Break }
  /** It is answered by a replica that has not seen what came after `revision` (reads and watches only). */
  | { readonly kind: 'stale'; readonly revision: number }

/** What befalls one event of a watch. */
export type EventFault =
  /** It is never sent. */
  | { readonly kind: 'drop' }
  | { readonly kind: 'duplicate' }
  /** It, and all behind it, come `ms` late. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** It comes after so many later ones, or after a minute. */
  | { readonly kind: 'reorder'; readonly behind: number }
  /** A deletion that is not told: what is made under the name next is told as a change of it. */
  | { readonly kind: 'coalesce' }
  /** From here on nothing comes, over a connection that stays open. */
  | { readonly kind: 'stall' }
  /** The stream ends in good order before it. */
  | { readonly kind: 'end' }
  /** The connection breaks inside it. */
  | { readonly kind: 'cut'; readonly at: Break }
  /** It comes in two pieces, `ms` apart. */
  | { readonly kind: 'split'; readonly at: Break; readonly ms: number }
  /** It is blown up with white space to so many bytes. */
  | { readonly kind: 'giant'; readonly bytes: number }
  /** An ERROR event comes in its place, and the stream ends. */
  | { readonly kind: 'error'; readonly answer: PlannedAnswer }

/** Decides what goes wrong. Asked once for each call and each event; several faults of a call befall in order. */
export interface FaultPlan {
  onCall?(call: CallSeen): CallFault | readonly CallFault[] | undefined
  onEvent?(event: EventSeen, call: CallSeen): EventFault | undefined
}

/** Which calls a rule is about; what is left out may be anything. */
export interface CallMatch {
  readonly verbs?: readonly string[]
  readonly plural?: string
  readonly group?: string
  readonly namespace?: string
  readonly name?: string
  readonly subresource?: string
  readonly where?: (call: CallSeen) => boolean
}

interface Often {
  /** How likely it is to strike, of 1. Default 1. */
  readonly rate?: number
  /** Lets so many pass first. */
  readonly after?: number
  /** Strikes so often at most. Default: for ever. */
  readonly times?: number
}

/** One row of a plan. */
export type FaultRule = Often &
  (
    | { readonly calls: CallMatch; readonly fault: CallFault }
    | {
        readonly events: CallMatch & { readonly types?: readonly string[] }
        readonly fault: EventFault
      }
  )

/** A plan of rows: the first that strikes is what befalls. @param random Drawn from by rows with a rate. */
export function planOf(rules: readonly FaultRule[], random: Random): FaultPlan {
  const rows = rules.map((rule) => ({ rule, strikes: often(rule, random) }))
  return {
    onCall: (call) => {
      for (const { rule, strikes } of rows) {
        if ('calls' in rule && matches(rule.calls, call) && strikes()) return rule.fault
      }
      return undefined
    },
    onEvent: (event, call) => {
      for (const { rule, strikes } of rows) {
        if (!('events' in rule)) continue
        const { types, name, namespace, ...rest } = rule.events
        const isMeant =
          types?.includes(event.type) !== false &&
          (name === undefined || name === event.name) &&
          (namespace === undefined || namespace === event.namespace)
        if (isMeant && matches(rest, call) && strikes()) return rule.fault
      }
      return undefined
    },
  }
}

function often({ rate = 1, after = 0, times }: Often, random: Random): () => boolean {
  let passed = 0
  let struck = 0
  return () => {
    if (passed++ < after || struck >= (times ?? Number.POSITIVE_INFINITY)) return false
    if (rate < 1 && random.next() >= rate) return false
    struck++
    return true
  }
}

function matches(match: CallMatch, call: CallSeen): boolean {
  return (
    match.verbs?.includes(call.verb) !== false &&
    (match.plural === undefined || match.plural === call.plural) &&
    (match.group === undefined || match.group === call.group) &&
    (match.namespace === undefined || match.namespace === call.namespace) &&
    (match.name === undefined || match.name === call.name) &&
    (match.subresource === undefined || match.subresource === call.subresource) &&
    match.where?.(call) !== false
  )
}

/** Names of {@link refusals}. */
export type Refusal =
  | 'unauthorized'
  | 'forbidden'
  | 'conflict'
  | 'alreadyExists'
  | 'expired'
  | 'tooMany'
  | 'internal'
  | 'noLeader'
  | 'unavailable'
  | 'badGateway'
  | 'timeout'

/** The refusals an API server, or what stands before it, is known for. */
export const refusals: Readonly<Record<Refusal, PlannedAnswer>> = {
  unauthorized: { code: 401, reason: 'Unauthorized', message: 'Unauthorized' },
  forbidden: { code: 403, reason: 'Forbidden', message: 'forbidden: not now' },
  conflict: {
    code: 409,
    reason: 'Conflict',
    message:
      'Operation cannot be fulfilled: the object has been modified; please apply your changes to the latest version and try again',
  },
  alreadyExists: { code: 409, reason: 'AlreadyExists', message: 'object already exists' },
  expired: { code: 410, reason: 'Expired', message: 'too old resource version' },
  tooMany: {
    code: 429,
    reason: 'TooManyRequests',
    message: 'The server is currently handling too many requests; please try again later',
  },
  internal: { code: 500, reason: 'InternalError', message: 'Internal error occurred' },
  noLeader: { code: 500, message: 'etcdserver: no leader' },
  unavailable: {
    code: 503,
    reason: 'ServiceUnavailable',
    message: 'the server is currently unable to handle the request',
  },
  badGateway: { code: 502, html: '<html><body>502 Bad Gateway</body></html>' },
  timeout: {
    code: 504,
    reason: 'Timeout',
    message: 'Timeout: request did not complete within the allotted timeout',
  },
}

/** What is known of a call before it is served. */
export function seenOf(exchange: Exchange, verb: string, target: Partial<CallSeen>): CallSeen {
  const { method, path, query, headers } = exchange
  const { group = '', plural = '', namespace = '', name = '', subresource = '' } = target
  return { verb, method, path, query, headers, group, plural, namespace, name, subresource }
}
