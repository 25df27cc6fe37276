/** What the API server's audit log says about our users. */

/** A line of it, as far as it is read here. */
export interface AuditLine {
  readonly verb: string
  readonly user: { readonly username: string }
  readonly objectRef?: {
    readonly resource?: string
    readonly subresource?: string
    readonly namespace?: string
    readonly name?: string
  }
  readonly responseStatus?: { readonly code: number }
  readonly requestReceivedTimestamp: string
}

/** The lines of our replicas. A last line that is being written is left out. */
export function linesOfReplicas(text: string): readonly AuditLine[] {
  return text
    .split('\n')
    .slice(0, -1)
    .filter((line) => line.includes('"username":"replica-'))
    .map((line) => JSON.parse(line) as AuditLine)
}

/** Everything that a replica asked to have deleted. */
export function deletesIn(text: string): readonly string[] {
  return linesOfReplicas(text)
    .filter(({ verb }) => verb === 'delete' || verb === 'deletecollection')
    .map(({ verb, user, objectRef = {} }) => {
      const { resource, namespace, name } = objectRef
      return `${user.username}: ${verb} ${resource} ${namespace}/${name}`
    })
}

/** Told of what was done before; the lease's own writes carry its version. */
const harmless = new Set(['events', 'leases'])
const reads = new Set(['get', 'list', 'watch'])

/** What a replica changed from a moment on: writes that the server took. */
export function changesIn(text: string, replica: string, fromIso: string): readonly string[] {
  return linesOfReplicas(text)
    .filter(({ user, requestReceivedTimestamp }) => {
      return user.username === replica && requestReceivedTimestamp >= fromIso
    })
    .filter(({ verb, objectRef }) => !reads.has(verb) && !harmless.has(objectRef?.resource ?? ''))
    .filter(({ responseStatus }) => (responseStatus?.code ?? 0) < 300)
    .map(({ verb, objectRef = {}, requestReceivedTimestamp }) => {
      const { resource, subresource = '', namespace, name } = objectRef
      return `${requestReceivedTimestamp} ${verb} ${resource} ${subresource} ${namespace}/${name}`
    })
}
