/**
 * The heavy parts of the real world, loaded when first used: a command that seals a Secret with a
 * certificate at hand needs neither network nor log, and should be over before they are loaded.
 */
import type { Log, Net, Pool } from './env.ts'

/** A Net that loads the real one with its first exchange. */
export function lazyNet(load: () => Promise<Net>): Net {
  let loading: Promise<Net> | undefined
  const net = (): Promise<Net> => (loading ??= load())
  return {
    pool: (options) => {
      let pool: Pool | undefined
      let opening: Promise<Pool> | undefined
      const open = async (): Promise<Pool> => (pool = (await net()).pool(options))
      return {
        request: async (request) => (await (opening ??= open())).request(request),
        opened: () => pool?.opened() ?? 0,
        close: async () => {
          await (await opening)?.close()
        },
      }
    },
    listen: async (handler, options) => (await net()).listen(handler, options),
    lookup: async (host) => (await net()).lookup(host),
  }
}

/** A Log that makes the real one with its first line. */
export function lazyLog(make: () => Log): Log {
  let made: Log | undefined
  const log = (): Log => (made ??= make())
  return {
    debug: (message, fields) => log().debug(message, fields),
    info: (message, fields) => log().info(message, fields),
    warn: (message, fields) => log().warn(message, fields),
    error: (message, fields) => log().error(message, fields),
    child: (fields) => lazyLog(() => log().child(fields)),
  }
}
