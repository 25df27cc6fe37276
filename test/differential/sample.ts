/** A kind of our own that has every way in which lists and maps may merge, a status and a scale. */
import type { JsonMap } from './grammar.ts'

const text = { type: 'string' }
const whole = { type: 'integer' }
const free = { type: 'object', additionalProperties: text }

const spec = {
  type: 'object',
  properties: {
    text,
    count: { type: 'integer', default: 3, minimum: 0 },
    flag: { type: 'boolean' },
    nothing: { type: 'string', nullable: true },
    port: { 'x-kubernetes-int-or-string': true },
    size: { type: 'number' },
    replicas: whole,
    plain: { type: 'array', items: text },
    atomic: { type: 'array', items: text, 'x-kubernetes-list-type': 'atomic' },
    set: { type: 'array', items: text, 'x-kubernetes-list-type': 'set' },
    numbers: { type: 'array', items: whole, 'x-kubernetes-list-type': 'set' },
    entries: {
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
      items: {
        type: 'object',
        required: ['name'],
        properties: {
          name: text,
          value: text,
          labels: free,
          parts: { type: 'array', items: text, 'x-kubernetes-list-type': 'set' },
          inner: { type: 'object', properties: { a: text, b: whole } },
        },
      },
    },
    ports: {
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['port', 'protocol'],
      items: {
        type: 'object',
        required: ['port'],
        properties: { port: whole, protocol: { type: 'string', default: 'TCP' }, name: text },
      },
    },
    free,
    whole: { ...free, 'x-kubernetes-map-type': 'atomic' },
    granular: {
      type: 'object',
      properties: { a: text, b: text },
      'x-kubernetes-map-type': 'granular',
    },
    block: {
      type: 'object',
      'x-kubernetes-map-type': 'atomic',
      properties: { a: text, b: { type: 'array', items: text }, deep: free },
    },
    any: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
    deep: {
      type: 'object',
      default: {},
      properties: {
        mode: { type: 'string', default: 'easy', enum: ['easy', 'hard'] },
        inner: { type: 'object', properties: { a: text, b: text } },
      },
    },
  },
}

const status = {
  type: 'object',
  properties: {
    replicas: whole,
    selector: text,
    phase: text,
    observedGeneration: whole,
    conditions: {
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['type'],
      items: {
        type: 'object',
        required: ['type', 'status'],
        properties: { type: text, status: text, reason: text },
      },
    },
  },
}

export const sampleDefinition: JsonMap = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'samples.differential.example.com' },
  spec: {
    group: 'differential.example.com',
    scope: 'Namespaced',
    names: { plural: 'samples', singular: 'sample', kind: 'Sample', listKind: 'SampleList' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: {
          status: {},
          scale: {
            specReplicasPath: '.spec.replicas',
            statusReplicasPath: '.status.replicas',
            labelSelectorPath: '.status.selector',
          },
        },
        additionalPrinterColumns: [
          { name: 'Text', type: 'string', jsonPath: '.spec.text' },
          { name: 'Count', type: 'integer', jsonPath: '.spec.count' },
          {
            name: 'Ready',
            type: 'string',
            jsonPath: '.status.conditions[?(@.type=="Ready")].status',
          },
        ],
        schema: { openAPIV3Schema: { type: 'object', properties: { spec, status } } },
      },
    ],
  },
}
