/**
 * Plays many seeds by hand:
 *
 *   node test/differential/run.ts [--from 1] [--count 200] [--seconds 60] [--kinds ConfigMap,Sample] [--odd | --plain]
 *
 * Each finding is shown as the smallest sequence that was found for it. Ends with status 1 when there is one.
 */
import { parseArgs } from 'node:util'
import { realEnv, silentLog } from '#base/env'
import { startControlPlane } from '../real/control-plane.ts'
import { compareSeeds, signatureOf, tellFinding } from './compare.ts'
import { openPair } from './pair.ts'

const { values } = parseArgs({
  options: {
    from: { type: 'string', default: '1' },
    count: { type: 'string', default: '200' },
    seconds: { type: 'string', default: '100000' },
    kinds: { type: 'string' },
    odd: { type: 'boolean' },
    plain: { type: 'boolean' },
    findings: { type: 'string', default: '10' },
    patience: { type: 'string', default: '300' },
  },
})

const env = realEnv({ log: silentLog })
const plane = await startControlPlane({ controllers: [], audit: false })
const started = Date.now()
try {
  const pair = await openPair(env, plane.access, 'd')
  const kinds = values.kinds?.split(',')
  const seen = new Set<string>()
  const report = await compareSeeds(pair, {
    from: Number(values.from),
    goOn: (sequences) =>
      sequences < Number(values.count) &&
      seen.size < Number(values.findings) &&
      Date.now() - started < Number(values.seconds) * 1_000,
    patience: Number(values.patience),
    ...(kinds === undefined ? {} : { kinds }),
    ...(values.odd === true ? { odd: true } : values.plain === true ? { odd: false } : {}),
    isKnown: (signature) => seen.has(signature),
    onFinding: (finding) => {
      const signature = signatureOf(finding.found)
      console.log(`\n${tellFinding(finding)}`)
      seen.add(signature)
    },
  })
  const seconds = Math.round((Date.now() - started) / 1_000)
  console.log(
    `${report.sequences} sequences, ${report.exchanges} exchanges in ${seconds} s: ${report.findings.length} findings, ${seen.size} kinds of them`,
  )
  if (seen.size > 0) process.exitCode = 1
  await pair.close()
} finally {
  await plane.close()
}
