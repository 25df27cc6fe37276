import { describe, expect, it } from 'vitest'
import { simEnv } from './sim.ts'
import { simProcess } from './sim-process.ts'

describe('a simulated process', () => {
  it('does nothing while it is paused, though time goes on and what it sent arrives', async () => {
    const world = simEnv(1)
    await world.clock.run(async () => {
      const process = simProcess(world)
      const arrived: number[] = []
      const listener = await world.net.listen(async () => {
        await world.clock.sleep(500)
        arrived.push(world.clock.monotonic())
        return { status: 200 }
      })
      const seen: string[] = []
      const { clock, net } = process.env
      clock.timer(1_000, () => seen.push('timer'))
      void clock.sleep(2_000).then(() => seen.push('sleep'))
      void net
        .pool()
        .request({ method: 'GET', url: listener.url })
        .then(({ status }) => seen.push(`answer ${status}`))
      process.pause()
      await world.clock.sleep(60_000)
      expect([arrived, seen]).toEqual([[500], []])
      process.resume('timers')
      await world.clock.sleep(1)
      expect(seen).toEqual(['timer', 'sleep', 'answer 200'])
      expect([process.isPaused(), clock.monotonic()]).toEqual([false, world.clock.monotonic()])
    })
  })

  it('may hear of answers before it hears of deadlines that passed long ago', async () => {
    const world = simEnv(1)
    await world.clock.run(async () => {
      const process = simProcess(world)
      const listener = await world.net.listen(async () => ({ status: 200 }))
      const seen: string[] = []
      const deadline = process.env.clock.timer(1_000, () => seen.push('deadline'))
      process.pause()
      void process.env.net
        .pool()
        .request({ method: 'GET', url: listener.url })
        .then(() => {
          seen.push('answer')
          deadline.cancel()
        })
      await world.clock.sleep(60_000)
      process.resume('answers')
      await world.clock.sleep(1)
      expect(seen).toEqual(['answer'])
    })
  })

  it('hears nothing more once it is killed, and its connections break', async () => {
    const world = simEnv(1)
    await world.clock.run(async () => {
      const process = simProcess(world)
      const hungUp = Promise.withResolvers<void>()
      const listener = await world.net.listen(async ({ signal }) => {
        signal.addEventListener('abort', () => hungUp.resolve(), { once: true })
        await world.clock.sleep(5_000)
        return { status: 200 }
      })
      const seen: string[] = []
      const told = (): void => void seen.push('told')
      process.env.clock.sleep(1_000).then(told, told)
      process.env.net.pool().request({ method: 'GET', url: listener.url }).then(told, told)
      process.kill()
      await hungUp.promise
      await world.clock.sleep(60_000)
      expect([process.isDead(), seen]).toEqual([true, []])
    })
  })

  it('has a wall clock of its own, which moves no duration', async () => {
    const world = simEnv(1)
    const [one, two] = [simProcess(world), simProcess(world)]
    one.jumpWall(-3_600_000)
    expect(two.env.clock.now() - one.env.clock.now()).toBe(3_600_000)
    expect(one.env.clock.monotonic()).toBe(two.env.clock.monotonic())
  })
})
