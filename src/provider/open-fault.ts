import { Fault } from '#base'

/**
 * A store could not be opened: its configuration, its credentials or its login failed, before anything
 * was asked of it. ESO tells this (`unable to create client`) from a store that opens and does not validate
 * (`unable to validate store`).
 */
export class OpenFault extends Fault {
  constructor(fault: Fault) {
    super(fault.reason, fault.message, {
      retry: fault.retry,
      cause: fault,
      ...(fault.hint === undefined ? {} : { hint: fault.hint }),
      ...(fault.at === undefined ? {} : { at: fault.at }),
      ...(fault.status === undefined ? {} : { status: fault.status }),
    })
  }
}
