/** What a cluster's own controllers and nodes would do: the Pods run, and the Deployment says so. */
import { resource, type ObjectKey, type Resource } from '#api'
import { at } from '#base'
import { hasControllers } from './servers.ts'
import type { Stage } from './stage.ts'

export const deployments: Resource = resource('apps/v1', 'Deployment', 'deployments')
const pods: Resource = resource('v1', 'Pod', 'pods')

/**
 * Brings a Deployment to where `kubectl rollout status` is content. Where real controllers look after it
 * they would put its status back, so there it is the Pods that are said to run, as a kubelet says it.
 */
export async function rollOut(stage: Stage, key: ObjectKey): Promise<void> {
  if (!hasControllers) return await sayAvailable(stage, key)
  await stage.when(deployments, key, (found) => {
    void sayRunning(stage, key).catch(() => {}) // a Pod may go in between; the next look sees
    const replicas = at(found, 'spec', 'replicas')
    return (
      at(found, 'status', 'observedGeneration') === found.metadata.generation &&
      at(found, 'status', 'availableReplicas') === replicas &&
      at(found, 'status', 'updatedReplicas') === replicas &&
      at(found, 'status', 'replicas') === replicas
    )
  })
}

async function sayRunning(stage: Stage, key: ObjectKey): Promise<void> {
  const now = new Date().toISOString()
  const { items } = await stage.client.list(pods, { namespace: key.namespace ?? '' })
  for (const pod of items) {
    if (at(pod, 'status', 'phase') === 'Running') continue
    const { name } = pod.metadata
    const conditions = ['Initialized', 'PodScheduled', 'ContainersReady', 'Ready'].map((type) => ({
      type,
      status: 'True',
      lastTransitionTime: now,
    }))
    await stage.client.patch(
      pods,
      { ...key, name },
      { status: { phase: 'Running', startTime: now, conditions } },
      { type: 'merge', subresource: 'status' },
    )
  }
}

async function sayAvailable(stage: Stage, key: ObjectKey): Promise<void> {
  const found = await stage.client.get(deployments, key)
  if (found === null) throw new Error(`no Deployment ${key.name}`)
  const replicas = at(found, 'spec', 'replicas')
  await stage.client.patch(
    deployments,
    key,
    {
      status: {
        observedGeneration: found.metadata.generation,
        replicas,
        readyReplicas: replicas,
        updatedReplicas: replicas,
        availableReplicas: replicas,
        conditions: [
          { type: 'Available', status: 'True', reason: 'MinimumReplicasAvailable' },
          { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable' },
        ],
      },
    },
    { type: 'merge', subresource: 'status' },
  )
}
