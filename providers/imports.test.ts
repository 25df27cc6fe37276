import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

/** Prints, for each step, which packages were resolved by its end. */
const script = `
import { registerHooks } from 'node:module'
const seen = new Set()
registerHooks({
  resolve(specifier, context, next) {
    if (process.env.LEFT_OUT !== undefined && specifier.startsWith(process.env.LEFT_OUT)) {
      throw Object.assign(new Error('no such package'), { code: 'ERR_MODULE_NOT_FOUND' })
    }
    const found = next(specifier, context)
    const name = /node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(found.url)?.[1]
    if (name !== undefined) seen.add(name)
    return found
  },
})
const steps = {}
const { providers } = await import('#providers')
steps.listed = [...seen]
for (const name of process.argv.slice(1)) {
  const kind = await providers[name]()
  steps[name + ' loaded'] = [...seen]
  const cluster = { secretKey: async () => new TextEncoder().encode('x') }
  const store = { kind: 'SecretStore', name: 's', namespace: 'n' }
  const { realEnv } = await import('#base/env')
  const env = realEnv()
  const ref = (key) => ({ name: 'a', key })
  const configs = {
    aws: {
      region: 'eu-central-1',
      auth: { secretRef: { accessKeyIDSecretRef: ref('a'), secretAccessKeySecretRef: ref('b') } },
    },
    azurekv: {
      vaultUrl: 'https://v.vault.azure.net',
      tenantId: '11111111-2222-3333-4444-555555555555',
      authSecretRef: { clientId: ref('a'), clientSecret: ref('b') },
    },
  }
  try {
    const signal = new AbortController().signal
    const opened = await kind.open(configs[name], { env, log: env.log, store, cluster }, signal)
    steps[name + ' opened'] = [...seen]
    await opened.close()
  } catch (fault) {
    steps[name + ' refused'] = [fault.reason, fault.message]
  }
}
console.log(JSON.stringify(steps))
`

async function packagesBy(
  name: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<Record<string, readonly string[]>> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', script, '--', name],
    { cwd: fileURLToPath(new URL('..', import.meta.url)), env: { PATH: '', ...variables } },
  )
  return JSON.parse(stdout) as Record<string, readonly string[]>
}

const isSdk = (name: string): boolean => /^@(aws-sdk|aws-crypto|smithy|azure)\//.test(name)

describe('packages of the clouds', () => {
  it('are loaded when the first store of their kind is opened, not before', async () => {
    const steps = await packagesBy('aws')
    expect(steps['listed']?.filter(isSdk)).toEqual([])
    expect(steps['aws loaded']?.filter(isSdk)).toEqual([])
    expect(steps['aws opened']).toContain('@aws-sdk/client-secrets-manager')
    expect(steps['aws opened']?.filter((name) => name.startsWith('@azure/'))).toEqual([])
    const azure = await packagesBy('azurekv')
    expect(azure['azurekv loaded']?.filter(isSdk)).toEqual([])
    expect(azure['azurekv opened']).toContain('@azure/keyvault-secrets')
    expect(azure['azurekv opened']?.filter((name) => name.startsWith('@aws-sdk/'))).toEqual([])
  })

  it('may be left out of an installation: the store says so', async () => {
    const aws = await packagesBy('aws', { LEFT_OUT: '@aws-sdk/' })
    expect(aws['aws refused']).toEqual(['Unsupported', 'the AWS SDK is not installed'])
    const azure = await packagesBy('azurekv', { LEFT_OUT: '@azure/' })
    expect(azure['azurekv refused']).toEqual(['Unsupported', 'the Azure SDK is not installed'])
  })
})
