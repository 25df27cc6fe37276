import { Fault, isObject, parseJson, textOf } from '#base'
import { apiVersionOf, type KubeObject, type ObjectMeta, type Resource } from '#api'
import type { MetadataOnly } from './client.ts'
import { aboutText, statusFault, type About } from './status.ts'
import { retryAfterSeconds, type Answer } from './transport.ts'

/** Asks for metadata alone; deliberately without a fallback to whole objects. */
export const metadataAccept = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1'
/** The same for a list. */
export const metadataListAccept = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1'

/** The parsed body of an answer, or undefined when it is no JSON. */
export function jsonOf(answer: Answer): unknown {
  try {
    return parseJson(textOf(answer.body))
  } catch {
    return undefined
  }
}

/** The parsed body of a good answer. @throws the Fault it stands for, else. */
export function goodJson(about: About, answer: Answer): unknown {
  const body = jsonOf(answer)
  if (answer.status < 200 || answer.status > 299) throw faultOfAnswer(about, answer, body)
  // A bare `null` is JSON, but no answer: taken for a body it would read as "there is no such object".
  if (body === undefined || body === null) throw notKubernetes(about)
  return body
}

/** The Fault of an answer that is not 2xx. */
export function faultOfAnswer(about: About, answer: Answer, body: unknown): Fault {
  // What an API server says, in plain text, of a group or version that it does not serve.
  if (answer.status === 404 && textOf(answer.body).trim() === '404 page not found') {
    return new Fault('NotFound', `${aboutText(about)}: the server does not serve this kind`, {
      status: 404,
      hint: 'check that its CustomResourceDefinition is installed, in this version',
    })
  }
  return statusFault(about, answer.status, body, retryAfterSeconds(answer.headers))
}

/** The object in a body: its shape is checked as far as every object has one. */
export function objectOf<T extends KubeObject>(
  about: About,
  resource: Resource<T>,
  body: unknown,
): T {
  if (!isObject(body) || !hasMeta(body) || body['kind'] === 'Status') throw notKubernetes(about)
  if (body['kind'] !== undefined && body['apiVersion'] !== undefined) return body as unknown as T
  // Items of a list of a built-in kind leave these two to the list.
  return { ...body, kind: resource.kind, apiVersion: apiVersionOf(resource) } as unknown as T
}

/** The metadata in a body, under the kind it is the metadata of; whatever else came is dropped. */
export function metadataOf(
  about: About,
  resource: Resource<KubeObject>,
  body: unknown,
): MetadataOnly {
  if (!isObject(body) || !hasMeta(body) || body['kind'] === 'Status') throw notKubernetes(about)
  return {
    apiVersion: apiVersionOf(resource),
    kind: resource.kind,
    metadata: body['metadata'] as ObjectMeta,
  }
}

function hasMeta(body: Readonly<Record<string, unknown>>): boolean {
  const meta = body['metadata']
  return isObject(meta) && typeof meta['name'] === 'string' && meta['name'] !== ''
}

/** Something answered, but no Kubernetes API server. */
export function notKubernetes(about: About): Fault {
  return new Fault('InvalidAnswer', `${aboutText(about)}: the answer is no Kubernetes object`, {
    hint: 'check that the address is the API server itself and not a proxy or a login page',
  })
}
