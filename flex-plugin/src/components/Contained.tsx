import * as React from 'react'

interface ContainedProps {
  /** Shown instead when something inside fails. */
  readonly instead: React.ReactNode
  readonly children: React.ReactNode
  /** A change of it tries again: another task. */
  readonly resetKey: string
}

/** Keeps a fault in our panel from taking the task canvas down with it. React asks for a class here. */
export class Contained extends React.Component<ContainedProps, { readonly failedFor?: string }> {
  override state: { readonly failedFor?: string } = {}

  override componentDidCatch(): void {
    this.setState({ failedFor: this.props.resetKey })
  }

  static getDerivedStateFromError(): { readonly failedFor: string } {
    return { failedFor: FAILED_JUST_NOW }
  }

  override render(): React.ReactNode {
    const { failedFor } = this.state
    const isFailed = failedFor === FAILED_JUST_NOW || failedFor === this.props.resetKey
    return isFailed ? this.props.instead : this.props.children
  }
}

const FAILED_JUST_NOW = ' '
