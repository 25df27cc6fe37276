import { Fault, faultOf, type Env } from '#base'
import { parseTemplate, render } from '#template'
import type { Render } from './unseal.ts'

/**
 * Rendering by the template engine with Sealed Secrets' functions: bounded, without access to
 * anything but the values, and with error texts that hold none of them.
 */
export function templateRender(env: Pick<Env, 'clock' | 'entropy'>): Render {
  const deps = {
    now: () => env.clock.now(),
    randomBytes: (count: number) => env.entropy.bytes(count),
  }
  return (name, text, values) => {
    try {
      return render(parseTemplate(text, { engine: 'sealed', name }), values, { deps })
    } catch (thrown) {
      const fault = faultOf(thrown)
      throw new Fault(fault.reason, `${fault.message} (${name})`, {
        at: `spec.template.data.${name}`,
        cause: fault,
        ...(fault.hint === undefined ? {} : { hint: fault.hint }),
      })
    }
  }
}
