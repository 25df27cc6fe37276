import { concatBytes, Fault, limits, parseTime, type HttpHeaders, type HttpResponse } from '#base'

/** The whole body. @throws Fault TooLarge, as soon as it is; Unavailable, Timeout. */
export async function readBody(
  response: HttpResponse,
  maxBytes: number = limits.providerAnswerBytes,
): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of response.body) {
    size += part.length
    if (size > maxBytes) {
      throw new Fault('TooLarge', `the answer is larger than ${maxBytes} bytes`, {
        status: response.status,
      })
    }
    parts.push(part)
  }
  return concatBytes(parts)
}

/**
 * Milliseconds of a Retry-After header: seconds or an HTTP date. `undefined` when there is none.
 *
 * @param nowMs Wall time.
 */
export function retryAfterMs(headers: HttpHeaders, nowMs: number): number | undefined {
  const header = headers['retry-after']
  const text = typeof header === 'string' ? header : header?.[0]
  if (text === undefined) return undefined
  if (/^\d{1,7}$/.test(text)) return Number(text) * 1_000
  const at = parseHttpDate(text)
  return at === undefined ? undefined : Math.max(0, at - nowMs)
}

const months = 'JanFebMarAprMayJunJulAugSepOctNovDec'

/** An IMF-fixdate, as every server sends them now. */
function parseHttpDate(text: string): number | undefined {
  const match = /^\w{3}, (\d\d) (\w{3}) (\d{4}) (\d\d:\d\d:\d\d) GMT$/.exec(text)
  const month = match === null ? -1 : months.indexOf(match[2] ?? '')
  if (match === null || month < 0) return undefined
  return parseTime(
    `${match[3] ?? ''}-${String(month / 3 + 1).padStart(2, '0')}-${match[1] ?? ''}T${match[4] ?? ''}Z`,
  )
}
