/**
 * `node test/real/sealing-controller.ts FLAGS…`: the SealedSecret controller alone, with the flags of the
 * Sealed Secrets controller, so that the runner of conformance/sealed-secret can start it in its place.
 */
import { jsonLog, realEnv } from '#base/env'
import { sealedSecretController, type SealedSecretOptions } from '#controllers/sealed-secret'
import { createClient, kubeconfigAccess } from '#kube'
import { createEventRecorder } from '#runtime'

const env = realEnv({ log: jsonLog('info', (line) => void process.stderr.write(line)) })
const path = process.env['KUBECONFIG'] ?? ''
const client = createClient({ env, server: await kubeconfigAccess(env, { path }) })
const flags = flagsOf(process.argv.slice(2))
const controller = sealedSecretController({
  env,
  client,
  events: createEventRecorder({ env, client, component: 'sealed-secrets' }),
  options: optionsOf(process.env['POD_NAMESPACE'] ?? 'kube-system'),
})
const control = new AbortController()
process.once('SIGTERM', () => control.abort(new Error('told to end')))
const running = controller.run(control.signal)
// The original listens once it has its keys; the runner takes the first answer for readiness.
while (!controller.ready()) await env.clock.sleep(10, control.signal)
const [host = '0.0.0.0', port = '8080'] = (flags.get('listen-addr') ?? '').split(':')
const listener = await env.net.listen(controller.handler, { host, port: Number(port) })
await running
await listener.close()
await client.close()

/** Flags and `SEALED_SECRETS_…` variables; a flag wins. */
function flagsOf(argv: readonly string[]): ReadonlyMap<string, string> {
  const flags = new Map<string, string>()
  for (const [name, value] of Object.entries(process.env)) {
    if (!name.startsWith('SEALED_SECRETS_')) continue
    const flag = name.slice('SEALED_SECRETS_'.length).toLowerCase().replaceAll('_', '-')
    flags.set(flag, value ?? '')
  }
  for (const flag of argv) {
    const [name = '', ...value] = flag.replace(/^--/, '').split('=')
    flags.set(name, value.join('='))
  }
  return flags
}

function optionsOf(home: string): SealedSecretOptions {
  const cutoff = flags.get('key-cutoff-time')
  const order = flags.get('key-order-priority')
  const more = flags.get('additional-namespaces')
  return {
    keyNamespace: home,
    keyRenewPeriodMs: flags.get('key-renew-period') === '24h' ? 86_400_000 : 0,
    keySize: Number(flags.get('key-size') ?? 4096),
    updateStatus: flags.get('update-status') !== 'false',
    acceptDeprecatedV1Data: flags.get('accept-deprecated-v1-data') !== 'false',
    ...(flags.get('all-namespaces') === 'false' ? { namespaces: [home] } : {}),
    ...(more === undefined ? {} : { namespaces: [home, ...more.split(',')] }),
    ...(cutoff === undefined ? {} : { keyCutoffMs: Date.parse(cutoff) }),
    ...(order === 'SecretCreationTimestamp' ? { keyOrder: order } : {}),
  }
}
