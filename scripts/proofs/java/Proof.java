import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** ONNX Runtime for Java: every output of both explainers is what the API gave. Usage: java -cp onnxruntime.jar Proof.java FOLDER */
public class Proof {
  record Info(String type, long[] dims) {}

  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[0]);
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    OrtSession.SessionOptions options = new OrtSession.SessionOptions();
    options.setIntraOpNumThreads(1);
    for (String name : new String[] {"picture", "tokens"}) {
      String text = Files.readString(folder.resolve(name + ".json"));
      int split = text.indexOf("\"expected\"");
      Map<String, OnnxTensor> feeds = new LinkedHashMap<>();
      for (var input : values(text.substring(0, split)).entrySet()) {
        ByteBuffer bytes = read(folder, name + ".input." + input.getKey());
        long[] dims = input.getValue().dims();
        feeds.put(input.getKey(), input.getValue().type().equals("int64")
            ? OnnxTensor.createTensor(environment, bytes.asLongBuffer(), dims)
            : OnnxTensor.createTensor(environment, bytes.asFloatBuffer(), dims));
      }
      try (OrtSession session = environment.createSession(folder.resolve(name + ".onnx").toString(), options)) {
        OrtSession.Result found = session.run(feeds);
        double worst = 0;
        FloatBuffer scores = read(folder, name + ".expected.score").asFloatBuffer();
        for (var output : values(text.substring(split)).entrySet()) {
          OnnxTensor tensor = (OnnxTensor) found.get(output.getKey()).orElseThrow();
          ByteBuffer bytes = read(folder, name + ".expected." + output.getKey());
          double error = 0;
          double scale = 0;
          if (output.getValue().type().equals("int64")) {
            LongBuffer expected = bytes.asLongBuffer();
            LongBuffer actual = tensor.getLongBuffer();
            for (int i = 0; i < expected.limit(); i++) error = Math.max(error, Math.abs(expected.get(i) - actual.get(i)));
            scale = 1;
          } else {
            FloatBuffer expected = bytes.asFloatBuffer();
            FloatBuffer actual = tensor.getFloatBuffer();
            for (int i = 0; i < expected.limit(); i++) {
              error = Math.max(error, Math.abs(expected.get(i) - actual.get(i)));
              scale = Math.max(scale, Math.abs(expected.get(i)));
            }
            if (output.getKey().startsWith("convergence_delta")) for (int i = 0; i < scores.limit(); i++) scale = Math.max(scale, Math.abs(scores.get(i)));
          }
          worst = Math.max(worst, error / (scale == 0 ? 1 : scale));
        }
        double rate = rate(session, feeds);
        double plainRate;
        try (OrtSession plain = environment.createSession(folder.resolve(name + "_plain.onnx").toString(), options)) {
          plainRate = rate(plain, feeds);
        }
        System.out.println("PROOF {\"where\": \"ONNX Runtime for Java\", \"version\": \"" + environment.getVersion() + "\", \"case\": \"" + name + "\", \"error\": " + worst
            + ", \"rate\": " + rate + ", \"plain_rate\": " + plainRate + "}");
        if (!(worst < 1e-5)) System.exit(1);
      }
    }
  }

  /** Rows per second, the median of five runs after one. */
  static double rate(OrtSession session, Map<String, OnnxTensor> feeds) throws Exception {
    double[] seconds = new double[5];
    for (int i = -1; i < seconds.length; i++) {
      long started = System.nanoTime();
      session.run(feeds).close();
      if (i >= 0) seconds[i] = (System.nanoTime() - started) / 1e9;
    }
    Arrays.sort(seconds);
    return feeds.values().iterator().next().getInfo().getShape()[0] / seconds[2];
  }

  /** Types and dims by name, of the flat JSON that the proofs write. */
  static Map<String, Info> values(String json) {
    Map<String, Info> found = new LinkedHashMap<>();
    Matcher matcher = Pattern.compile("\"([^\"]+)\": \\{\\s*\"type\": \"(\\w+)\",\\s*\"dims\": \\[([\\d,\\s]*)\\]").matcher(json);
    while (matcher.find()) {
      String[] sizes = matcher.group(3).trim().split("\\s*,\\s*");
      long[] dims = new long[sizes.length];
      for (int i = 0; i < sizes.length; i++) dims[i] = Long.parseLong(sizes[i]);
      found.put(matcher.group(1), new Info(matcher.group(2), dims));
    }
    return found;
  }

  static ByteBuffer read(Path folder, String name) throws Exception {
    byte[] bytes = Files.readAllBytes(folder.resolve(name + ".bin"));
    ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length).order(ByteOrder.nativeOrder());
    direct.put(bytes).flip();
    return direct;
  }
}
