import type { Env, Files, Log } from './env.ts'
import { lazyLog, lazyNet } from './lazy.ts'
import { realClock, realEntropy, realRandom } from './real-clock.ts'
import { RealCompute } from './real-compute.ts'
import { realFiles } from './real-files.ts'
import { jsonLog } from './real-log.ts'
import { realSpawn } from './real-spawn.ts'
import { removeStaleFolders } from './temp-folders.ts'

/** The machine as it is. Log lines go to standard error unless another log is given. */
export function realEnv(options: { readonly log?: Log } = {}): Env {
  return {
    clock: realClock,
    random: realRandom,
    entropy: realEntropy,
    net: lazyNet(async () => (await import('./real-net.ts')).realNet),
    fs: sweeping(realFiles),
    spawn: realSpawn,
    compute: new RealCompute(),
    log: options.log ?? lazyLog(() => jsonLog('info', (line) => void process.stderr.write(line))),
  }
}

/** Before the first temporary folder of a process is made, those of processes that are gone are removed. */
function sweeping(files: Files): Files {
  let swept: Promise<number> | undefined
  return {
    ...files,
    makeTempFolder: async (prefix) => {
      await (swept ??= removeStaleFolders())
      return files.makeTempFolder(prefix)
    },
  }
}
