"""What stands between aiokafka's clients and Kafka, in the order of the list."""

from aiokafka.structs import OffsetAndMetadata, TopicPartition

from stream.engine.client import put_between, sign_commits


class Client:
    """Sends nothing; remembers what was to be sent and committed."""

    def __init__(self):
        self.passed = []
        self.committed = {}

    async def send(self, node_id, request, **_options):
        self.passed.append((node_id, request))
        return "answer"

    async def commit(self, offsets):
        self.committed = offsets


async def test_the_first_of_the_list_is_passed_first():
    """A request goes down the list, its answer comes back up."""
    client = Client()

    def layer(name):
        async def through(request, send):
            client.passed.append((name, request))
            answer = await send()
            client.passed.append((name, answer))
            return answer

        return through

    put_between(client, [layer("fence"), layer("renewal")])
    assert await client.send(7, "heartbeat") == "answer"
    assert client.passed == [
        ("fence", "heartbeat"),
        ("renewal", "heartbeat"),
        (7, "heartbeat"),
        ("renewal", "answer"),
        ("fence", "answer"),
    ]


async def test_a_commit_carries_what_is_held_when_it_is_sent():
    """Not what was held when the consumer was made."""
    client, note = Client(), ["one"]
    sign_commits(client, lambda: note[0])
    place = TopicPartition("events", 0)
    note[0] = "two"
    await client.commit({place: OffsetAndMetadata(5, "")})
    assert client.committed == {place: OffsetAndMetadata(5, "two")}
