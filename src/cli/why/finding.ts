/** What `lockstep why` finds out, and the form in which its rules are written. */

/** One thing that is wrong, or worth knowing. */
export interface Finding {
  /** `ExternalSecret web/db`. */
  readonly about: string
  /** Stable, for scripts: `KeyAbsent`. */
  readonly reason: string
  /** In plain words. */
  readonly what: string
  /** Command lines that would mend it; the first is the one to try. */
  readonly fix: readonly string[]
  /** Nothing to mend, but it answers the question. */
  readonly isWell?: true
}

/** What a rule gives when it applies. */
export type Said = Pick<Finding, 'what' | 'fix'>

/** A cause told by its text; the first rule that matches speaks. */
export interface Rule<About> {
  readonly reason: string
  readonly matches: RegExp
  readonly say: (found: RegExpExecArray, about: About) => Said
}

/** The finding of the first rule that knows the text. */
export function firstSaid<About>(
  rules: readonly Rule<About>[],
  text: string,
  about: About,
  name: string,
): Finding | undefined {
  for (const { reason, matches, say } of rules) {
    const found = matches.exec(text)
    if (found !== null) return { about: name, reason, ...say(found, about) }
  }
  return undefined
}

/** A word as a POSIX shell takes it for itself. */
export function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}

/** `-n NAMESPACE`, for command lines. */
export function inNamespace(namespace: string | undefined): string {
  return namespace === undefined ? '' : `-n ${namespace} `
}
