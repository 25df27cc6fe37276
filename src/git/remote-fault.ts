import { Fault } from '#base'

const tlsCodes = /CERT|SSL|TLS|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|ERR_TLS/

/** What a status other than 200 from a Git server means. Never quotes its body. */
export function statusFault(status: number, shown: string): Fault {
  switch (status) {
    case 401:
      return new Fault('AccessDenied', `${shown}: authentication required`, {
        status,
        hint: 'give a Secret with username and password in spec.secretRef, or mend the one given',
      })
    case 403:
      return new Fault('AccessDenied', `${shown}: the credential may not read this repository`, {
        status,
      })
    case 404:
    case 410:
      // Many hosts answer so for a private repository, too.
      return new Fault('NotFound', `${shown}: repository not found`, {
        status,
        hint: 'check spec.url; private repositories often look like this without a credential',
      })
    case 429:
      return new Fault('RateLimited', `${shown}: the Git server asks to slow down`, { status })
    default:
      return new Fault(
        status >= 500 ? 'Unavailable' : 'InvalidAnswer',
        `${shown}: the Git server answered with status ${status}`,
        { status },
      )
  }
}

/** A failed exchange, with the repository's name in front and TLS told apart from the network. */
export function remoteFault(error: unknown, shown: string): unknown {
  if (!(error instanceof Fault)) return error
  if (isTls(error)) {
    return new Fault('Unavailable', `${shown}: its TLS certificate is not trusted`, {
      cause: error,
      hint: 'put the certificate authority into ca.crt of the Secret named by spec.secretRef',
    })
  }
  return error.within(shown)
}

function isTls(error: unknown): boolean {
  let current = error
  for (let depth = 0; depth < 5 && current instanceof Error; depth++) {
    if ('code' in current && tlsCodes.test(String(current.code))) return true
    current = current.cause
  }
  return false
}
