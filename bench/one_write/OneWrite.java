import java.util.Properties;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;

/**
 * The count on Kafka Streams: one thread, a store in memory, its changelog.
 *
 * The Processor API, which is the cheapest way in; no cache, since every event is to
 * have its changelog record; linger and batches as ours. Settings: "Streams
 * configuration" of Kafka's documentation.
 */
public final class OneWrite {
    private static final String STORE = "counts";

    static final class Counter extends ContextualProcessor<byte[], byte[], Void, Void> {
        private KeyValueStore<org.apache.kafka.common.utils.Bytes, Long> counts;

        @Override
        public void init(final ProcessorContext<Void, Void> context) {
            super.init(context);
            counts = context.getStateStore(STORE);
        }

        @Override
        public void process(final Record<byte[], byte[]> record) {
            final var key = org.apache.kafka.common.utils.Bytes.wrap(record.key());
            final Long before = counts.get(key);
            counts.put(key, before == null ? 1L : before + 1L);
        }
    }

    public static void main(final String[] arguments) {
        final String broker = arguments[0];
        final String application = arguments[1];
        final String events = arguments[2];
        final Properties settings = new Properties();
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, application);
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, broker);
        settings.put(StreamsConfig.STATE_DIR_CONFIG, arguments[3]);
        settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, 1);
        settings.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 500);
        settings.put(StreamsConfig.consumerPrefix("auto.offset.reset"), "earliest");
        settings.put(StreamsConfig.consumerPrefix("max.poll.records"), 2000);
        settings.put(StreamsConfig.producerPrefix("acks"), "all");
        settings.put(StreamsConfig.producerPrefix("linger.ms"), 20);
        settings.put(StreamsConfig.producerPrefix("batch.size"), 256 * 1024);

        final var store = Stores.keyValueStoreBuilder(
                Stores.inMemoryKeyValueStore(STORE), Serdes.Bytes(), Serdes.Long())
            .withCachingDisabled();  // and with logging, which is on
        final Topology topology = new StreamsBuilder().build();
        topology.addSource("events", Serdes.ByteArray().deserializer(),
            Serdes.ByteArray().deserializer(), events);
        topology.addProcessor("counter", () -> (Processor<byte[], byte[], Void, Void>)
            new Counter(), "events");
        topology.addStateStore(store, "counter");

        final KafkaStreams streams = new KafkaStreams(topology, settings);
        streams.setStateListener((now, before) -> {
            if (now == KafkaStreams.State.RUNNING) {
                System.out.println("one write is ready");
            }
        });
        Runtime.getRuntime().addShutdownHook(new Thread(streams::close));
        streams.start();
    }
}
