<?xml version="1.0" encoding="UTF-8"?>
<!-- The domain.xml of Payara and GlassFish, but with the ports HTTP and administration only, and both on 127.0.0.1. A node
     of PayaraNode has a JVM option of its own. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:param name="http-port"/>
  <xsl:param name="management-port"/>
  <xsl:param name="jvm-option"/>

  <xsl:template match="@*|node()">
    <xsl:copy>
      <xsl:apply-templates select="@*|node()"/>
    </xsl:copy>
  </xsl:template>

  <xsl:template match="config[@name='server-config']//network-listener[@name='http-listener-1']/@port">
    <xsl:attribute name="port"><xsl:value-of select="$http-port"/></xsl:attribute>
    <xsl:attribute name="address">127.0.0.1</xsl:attribute>
  </xsl:template>
  <xsl:template match="config[@name='server-config']//network-listener[@name='admin-listener']/@port">
    <xsl:attribute name="port"><xsl:value-of select="$management-port"/></xsl:attribute>
    <xsl:attribute name="address">127.0.0.1</xsl:attribute>
  </xsl:template>

  <xsl:template match="config[@name='server-config']//network-listener[@name='http-listener-2']"/>
  <xsl:template match="config[@name='server-config']//virtual-server[@id='server']/@network-listeners">
    <xsl:attribute name="network-listeners">http-listener-1</xsl:attribute>
  </xsl:template>
  <xsl:template match="config[@name='server-config']//iiop-listener"/>
  <xsl:template match="config[@name='server-config']//jmx-connector/@address">
    <xsl:attribute name="address">127.0.0.1</xsl:attribute>
    <xsl:attribute name="enabled">false</xsl:attribute>
  </xsl:template>
  <!-- Otherwise Payara listens at every address for clients of a message broker that nobody asks for. -->
  <xsl:template match="config[@name='server-config']">
    <xsl:copy>
      <xsl:apply-templates select="@*|node()[not(self::jms-service)]"/>
      <jms-service type="DISABLED" default-jms-host="default_JMS_host">
        <jms-host name="default_JMS_host" host="localhost" port="${JMS_PROVIDER_PORT}"/>
      </jms-service>
    </xsl:copy>
  </xsl:template>
  <!-- Five threads by default: six requests that begin at once would not be served at once. -->
  <xsl:template match="config[@name='server-config']//thread-pool[@name='http-thread-pool']/@name">
    <xsl:copy/>
    <xsl:attribute name="max-thread-pool-size">50</xsl:attribute>
  </xsl:template>
  <!-- Payara's own cluster. -->
  <xsl:template match="config[@name='server-config']//hazelcast-config-specific-configuration">
    <hazelcast-config-specific-configuration enabled="false"/>
  </xsl:template>

  <xsl:template match="config[@name='server-config']/java-config">
    <xsl:copy>
      <xsl:apply-templates select="@*|node()"/>
      <xsl:if test="$jvm-option">
        <jvm-options><xsl:value-of select="$jvm-option"/></jvm-options>
      </xsl:if>
    </xsl:copy>
  </xsl:template>
</xsl:stylesheet>
