import { fileURLToPath } from 'node:url'
import { Fault, isObject, parseJson, textOf, type Env } from '#base'
import type { VersionFacts } from '#cli/version'

/** What this program is: its version from the package manifest, and the process it runs in. */
export async function facts(env: Env): Promise<VersionFacts> {
  const manifest = await env.fs.read(fileURLToPath(new URL('../../package.json', import.meta.url)))
  if (manifest === null) throw new Fault('InternalError', 'package.json is missing')
  const parsed = parseJson(textOf(manifest))
  return {
    version: isObject(parsed) ? String(parsed['version']) : 'unknown',
    runtime: `node ${process.versions.node}`,
    platform: `${process.platform}-${process.arch}`,
  }
}
