/** For administrators: the server's disk has little room left. What happens then, and what to do. */
import type { Disk } from "../boot";
import { Warning } from "../icons";

const size = (bytes: number) => (bytes >= 2 ** 30 ? `${(bytes / 2 ** 30).toFixed(1)} GiB` : `${Math.floor(bytes / 2 ** 20)} MiB`);

export function DiskStrip({ disk }: { disk: Disk }) {
  return (
    <div class="reach-strip" role="status">
      <Warning />
      <p>
        {disk.level === "short"
          ? `The server’s disk is full (${size(disk.free_bytes)} left), so nothing is saved. What was saved is safe, and edits wait on people’s devices. Free some space: saving goes on by itself.`
          : `The server’s disk has only ${size(disk.free_bytes)} left. Free some space soon: before it is full, saving stops.`}
      </p>
    </div>
  );
}
