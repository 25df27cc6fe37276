import { blocksOf, encodeBlock } from '../crypto/pem.ts'
import { FunctionError } from '../template-fault.ts'
import type { Family } from './function.ts'

/** External Secrets' functions on PEM. */
export const pemFunctions: Family = {
  filterPEM: (args) => {
    const wanted = args.string(0).toLowerCase()
    const { blocks, rest } = blocksOf(args.string(1))
    const fitting = blocks.filter((block) => block.type.toLowerCase() === wanted)
    // Other text is tolerated beside a match only; the words are the peer's.
    if (fitting.length === 0 && rest !== '') {
      throw new FunctionError('error filtering pem: found junk')
    }
    return fitting.map(encodeBlock).join('')
  },
}
