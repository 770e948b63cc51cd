package org.typedsession.it.apps.probe;

import jakarta.json.Json;
import jakarta.json.JsonObjectBuilder;
import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.WebServlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import javax.management.Attribute;
import javax.management.JMException;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/**
 * Shows the MBeans of this library with all their attributes: {@code {"name": {"attribute":
 * "value"}}}, every value as text. Needs nothing of the library, and so sees what others leave.
 */
@WebServlet("/probe/mbeans")
public final class MBeansServlet extends HttpServlet {
  private static final long serialVersionUID = 1L;

  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response)
      throws IOException, ServletException {
    MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    JsonObjectBuilder beans = Json.createObjectBuilder();
    try {
      for (ObjectName name : server.queryNames(new ObjectName("org.typedsession:*"), null)) {
        beans.add(name.toString(), attributes(server, name));
      }
    } catch (JMException e) {
      throw new ServletException(e);
    }
    response.setContentType("application/json");
    response.getWriter().print(beans.build());
  }

  private static JsonObjectBuilder attributes(MBeanServer server, ObjectName name)
      throws JMException {
    JsonObjectBuilder values = Json.createObjectBuilder();
    MBeanAttributeInfo[] infos = server.getMBeanInfo(name).getAttributes();
    String[] names = new String[infos.length];
    for (int i = 0; i < infos.length; i++) {
      names[i] = infos[i].getName();
    }
    for (Attribute attribute : server.getAttributes(name, names).asList()) {
      values.add(attribute.getName(), String.valueOf(attribute.getValue()));
    }
    return values;
  }
}
