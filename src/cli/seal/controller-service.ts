import {
  at,
  Fault,
  field,
  isObject,
  parseJson,
  stringifyJson,
  textOf,
  type JsonObject,
} from '#base'
import { resource, type KubeObject, type Resource } from '#api'
import type { Client } from '#kube'
import { metadataText } from './documents.ts'
import { ordered } from './print.ts'

interface Service extends KubeObject {
  readonly spec?: { readonly ports?: readonly { readonly name?: string }[] }
}

const services: Resource<Service> = resource('v1', 'Service', 'services')

/** The controller's HTTP endpoints, reached through the API server's service proxy. */
export class ControllerService {
  readonly #client: Client
  readonly #path: string
  readonly #shown: string

  private constructor(client: Client, path: string, shown: string) {
    this.#client = client
    this.#path = path
    this.#shown = shown
  }

  /** Looks the Service up for the name of its first port. @throws Fault NotFound. */
  static async find(
    client: Client,
    { namespace, name }: { readonly namespace: string; readonly name: string },
    signal: AbortSignal,
  ): Promise<ControllerService> {
    const service = await client.get(services, { namespace, name }, { signal })
    if (service === null) {
      throw new Fault(
        'NotFound',
        `cannot get sealed secret service: services "${name}" not found`,
        {
          hint: `nothing is called ${name} in ${namespace}: use --controller-name and --controller-namespace`,
        },
      )
    }
    const port = service.spec?.ports?.[0]?.name ?? ''
    const path = `/api/v1/namespaces/${namespace}/services/http:${name}:${port}/proxy`
    return new ControllerService(client, path, `${namespace}/${name}`)
  }

  /** The newest certificate, PEM, as the controller sends it. */
  async certificate(signal: AbortSignal): Promise<Uint8Array> {
    const answer = await this.#client.raw('GET', `${this.#path}/v1/cert.pem`, { signal })
    if (answer.status !== 200) throw this.#refused('cannot fetch certificate', answer.status)
    return answer.body
  }

  /** Asks whether the cluster can open an object. @throws Fault CannotUnseal when it cannot. */
  async validate(document: JsonObject, signal: AbortSignal): Promise<void> {
    const answer = await this.#post('/v1/verify', document, signal)
    if (answer.status === 409) {
      const name = metadataText(document, 'name') ?? ''
      throw new Fault('CannotUnseal', `unable to decrypt sealed secret: ${name}`, {
        hint: 'seal it again for this name, namespace and scope, with the certificate of this cluster',
      })
    }
    if (answer.status !== 200) {
      throw this.#refused('cannot validate sealed secret', answer.status)
    }
  }

  /** Has an object sealed anew to the newest key. */
  async reEncrypt(document: JsonObject, signal: AbortSignal): Promise<JsonObject> {
    const answer = await this.#post('/v1/rotate', document, signal)
    if (answer.status !== 200) {
      throw this.#refused('cannot re-encrypt secret', answer.status)
    }
    const rotated = parseJson(textOf(answer.body))
    if (!isObject(rotated) || !isObject(at(rotated, 'spec', 'encryptedData'))) {
      throw new Fault(
        'InvalidAnswer',
        `cannot re-encrypt secret: ${this.#shown} answered no SealedSecret`,
      )
    }
    // The original answers without kind and apiVersion.
    return ordered([
      ['kind', 'SealedSecret'],
      ['apiVersion', 'bitnami.com/v1alpha1'],
      ['metadata', field(rotated, 'metadata')],
      ['spec', field(rotated, 'spec')],
    ])
  }

  #post(path: string, document: JsonObject, signal: AbortSignal): ReturnType<Client['raw']> {
    return this.#client.raw('POST', `${this.#path}${path}`, {
      signal,
      body: stringifyJson(document),
      headers: { 'content-type': 'application/json' },
    })
  }

  #refused(what: string, status: number): Fault {
    return new Fault(
      status === 403 ? 'AccessDenied' : status === 429 ? 'RateLimited' : 'InvalidAnswer',
      `${what}: ${this.#shown} answered ${status}`,
      {
        hint:
          status === 403
            ? 'you need the right to use services/proxy in that namespace; or give --cert'
            : 'check that the input is one SealedSecret of this cluster, and look at the controller’s log',
      },
    )
  }
}
