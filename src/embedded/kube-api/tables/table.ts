import type { Call } from '../core.ts'
import type { Kind } from '../kinds/kind.ts'
import type { Obj } from '../object.ts'

/** A Table of objects. */
export function tableOf(call: Call, kind: Kind, objects: readonly Obj[], metadata: object): object {
  void call
  void kind
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: [],
    rows: objects.map((object) => ({ cells: [], object })),
  }
}
