import { concatBytes, Fault, textOf } from '#base'

/**
 * Cuts a stream of bytes at line feeds. A line is decoded only when it is whole, so that a chunk
 * may end inside a character. Empty lines are passed over.
 *
 * @param mostBytes Longest line taken. @throws Fault TooLarge beyond it, Unavailable when the stream
 * ends inside a line.
 */
export async function* linesOf(
  chunks: AsyncIterable<Uint8Array>,
  mostBytes: number,
): AsyncGenerator<string> {
  let parts: Uint8Array[] = []
  let held = 0
  for await (const chunk of chunks) {
    let from = 0
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      const rest = chunk.subarray(from, end)
      const line = parts.length === 0 ? rest : concatBytes([...parts, rest])
      if (line.length > mostBytes) throw tooLong(mostBytes)
      parts = []
      held = 0
      from = end + 1
      if (line.length > 0) yield textOf(line)
    }
    if (from < chunk.length) {
      const rest = chunk.subarray(from)
      held += rest.length
      if (held > mostBytes) throw tooLong(mostBytes)
      parts.push(rest)
    }
  }
  if (held > 0) throw new Fault('Unavailable', 'the stream was cut inside a line')
}

function tooLong(mostBytes: number): Fault {
  return new Fault('TooLarge', `one event is larger than ${mostBytes} bytes`, {
    retry: { kind: 'backoff' },
  })
}
