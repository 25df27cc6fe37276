import { Fault } from '#base'
import { goString, GoRegexp } from '#go'

/**
 * A regular expression that an author wrote into a spec. Its error may quote it, as the peer's does,
 * since a spec holds no secret.
 *
 * @param doing In front of the error.
 * @throws Fault InvalidSpec
 */
export function regexpOf(source: string, doing: string): GoRegexp {
  try {
    return new GoRegexp(goString(source))
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown
    const text = thrown.cause instanceof Error ? thrown.cause.message : thrown.message
    throw new Fault('InvalidSpec', `${doing}: ${text}`)
  }
}
