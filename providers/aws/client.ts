import { Fault, type Env, type Pool } from '#base'
import type {
  BatchGetSecretValueCommandOutput,
  DescribeSecretCommandOutput,
  Filter,
  GetSecretValueCommandOutput,
  ListSecretsCommandOutput,
} from '@aws-sdk/client-secrets-manager'
import type { AwsKeys } from './config.ts'
import { sdkExchange } from './transport.ts'

/** The calls of Secrets Manager that are made here. They throw what the SDK throws: see faults.ts. */
export interface AwsClient {
  /** @param version `uuid/<version id>` or a staging label. */
  value(
    id: string,
    version: string | undefined,
    signal: AbortSignal,
  ): Promise<GetSecretValueCommandOutput>
  /** Newest values of at most 20 secrets. */
  values(
    ids: readonly string[],
    nextToken: string | undefined,
    signal: AbortSignal,
  ): Promise<BatchGetSecretValueCommandOutput>
  describe(id: string, signal: AbortSignal): Promise<DescribeSecretCommandOutput>
  /** One page, 100 at most. */
  list(
    filters: readonly Filter[],
    nextToken: string | undefined,
    signal: AbortSignal,
  ): Promise<ListSecretsCommandOutput>
  close(): void
}

export interface AwsClientOptions {
  readonly env: Env
  readonly pool: Pool
  readonly region: string
  readonly keys: AwsKeys
  /** Absent: AWS' own endpoint of the region. */
  readonly endpoint?: string
}

/**
 * The official SDK's client with everything given to it that it would else look for: it opens no
 * socket, reads no variable, no file and no instance metadata, and keeps no time of its own. The SDK is
 * loaded here, when the first store of the kind is opened.
 */
export async function createAwsClient(options: AwsClientOptions): Promise<AwsClient> {
  const sdk = await import('@aws-sdk/client-secrets-manager').catch(notInstalled)
  const exchange = sdkExchange(options.env, options.pool)
  const client = new sdk.SecretsManagerClient({
    region: options.region,
    credentials: { ...options.keys },
    ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint }),
    ignoreConfiguredEndpointUrls: true,
    useDualstackEndpoint: false,
    useFipsEndpoint: false,
    requestHandler: exchange.transport,
    // Retries are the planner's and the controller loop's; below, the SDK's are taken out.
    maxAttempts: 1,
    retryMode: 'standard',
    defaultsMode: 'standard',
    authSchemePreference: [],
    disableClockSkewCorrection: true,
    defaultUserAgentProvider: () => Promise.resolve([['lockstep']]),
    userAgentAppId: () => Promise.resolve(undefined),
  })
  // Others are placed next to it by its name, so one that does nothing takes its place.
  client.middlewareStack.add((next) => next, {
    name: 'retryMiddleware',
    step: 'finalizeRequest',
    priority: 'high',
    override: true,
  })
  // It reads variables of AWS Lambda.
  client.middlewareStack.remove('recursionDetectionMiddleware')
  signByClock(client.config, () => exchange.awsSeconds())
  return {
    value: async (id, version, abortSignal) =>
      await client.send(new sdk.GetSecretValueCommand({ SecretId: id, ...versionOf(version) }), {
        abortSignal,
      }),
    values: async (ids, nextToken, abortSignal) =>
      await client.send(
        new sdk.BatchGetSecretValueCommand({
          SecretIdList: [...ids],
          ...(nextToken === undefined ? {} : { NextToken: nextToken }),
        }),
        { abortSignal },
      ),
    describe: async (id, abortSignal) =>
      await client.send(new sdk.DescribeSecretCommand({ SecretId: id }), { abortSignal }),
    list: async (filters, nextToken, abortSignal) =>
      await client.send(
        new sdk.ListSecretsCommand({
          MaxResults: 100,
          ...(filters.length === 0 ? {} : { Filters: [...filters] }),
          ...(nextToken === undefined ? {} : { NextToken: nextToken }),
        }),
        { abortSignal },
      ),
    close: () => client.destroy(),
  }
}

function versionOf(version: string | undefined): { VersionId?: string; VersionStage?: string } {
  if (version?.startsWith('uuid/') === true) return { VersionId: version.slice('uuid/'.length) }
  // The peer names the stage also where it is the default.
  return { VersionStage: version ?? 'AWSCURRENT' }
}

type Signer = (scheme?: never) => Promise<{ sign(request: never, options?: object): unknown }>

/** The SDK's signer takes its time from the machine unless each call says else. */
function signByClock(config: { signer: unknown }, seconds: () => number): void {
  const given = config.signer as Signer
  config.signer = async (scheme: never) => {
    const signer = await given(scheme)
    return {
      sign: async (request: never, options?: object) =>
        await signer.sign(request, { ...options, signingDate: seconds() }),
    }
  }
}

/** It is an optional dependency. @throws Fault Unsupported when it was left out. */
function notInstalled(thrown: unknown): never {
  const code = thrown instanceof Error ? Reflect.get(thrown, 'code') : undefined
  if (code !== 'ERR_MODULE_NOT_FOUND') throw thrown
  throw new Fault('Unsupported', 'the AWS SDK is not installed', {
    hint: 'Install @aws-sdk/client-secrets-manager, an optional dependency.',
  })
}
