/** The products of Twilio that can be made to misbehave, by the first segment of their path here. */
export const SERVICES = ['sync', 'taskrouter', 'iam', 'verify', 'lookups'] as const
/** A product of Twilio. */
export type ServiceName = (typeof SERVICES)[number]

/** Every way in which a product can be made to misbehave. */
export const SERVICE_FAULTS = ['down', 'slow', '401', '429', '500', '503', 'none'] as const
/** `down`: the connection is cut. `slow`: no answer comes. `none` ends a fault. */
export type ServiceFault = (typeof SERVICE_FAULTS)[number]

/** Which products fail, and how. */
export interface ServiceFaults {
  /** Lets the next `count` requests to a product fail; all of them without a count. */
  readonly set: (service: ServiceName, fault: ServiceFault, count?: number) => void
  /** The fault that a request to this path meets. Counts it. */
  readonly take: (path: string) => Exclude<ServiceFault, 'none'> | undefined
}

/** Nothing fails yet. */
export function createServiceFaults(): ServiceFaults {
  const active = new Map<string, { readonly fault: Exclude<ServiceFault, 'none'>; left: number }>()
  return {
    set: (service, fault, count = Number.POSITIVE_INFINITY) => {
      if (fault === 'none') active.delete(service)
      else active.set(service, { fault, left: count })
    },
    take: (path) => {
      const service = path.split('/')[1] ?? ''
      const found = active.get(service)
      if (!found || found.left <= 0) return undefined
      found.left -= 1
      return found.fault
    },
  }
}
